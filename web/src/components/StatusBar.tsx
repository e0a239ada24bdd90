import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import classes from "./StatusBar.module.css";

interface Shares {
  online: number;
  offline: number;
  unknown: number;
}

/** Proportions of the three statuses; even one offline screen among thousands stays visible. */
export function StatusBar({ shares, size = "small" }: { shares: Shares; size?: "small" | "large" }) {
  const { t } = useTranslation();
  const format = useFormat();
  const label = t("overview.barLabel", {
    online: format.number(shares.online),
    offline: format.number(shares.offline),
    unknown: format.number(shares.unknown),
  });
  return (
    <div className={classes.bar} data-size={size} role="img" aria-label={label} title={label}>
      {(["offline", "unknown", "online"] as const).map((status) =>
        shares[status] === 0 ? null : (
          <div key={status} className={classes.part} data-status={status} style={{ flexGrow: shares[status] }} />
        ),
      )}
    </div>
  );
}
