import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deviceKey } from "../../api/devices";
import type { DeviceChange } from "../../api/overview";
import { Since } from "../../components/Ages";
import lines from "../../components/DeviceLines.module.css";
import { StatusBadge } from "../../components/StatusBadge";
import { CardHead } from "./CardHead";
import classes from "./OverviewPage.module.css";

const SHOWN = 9;

/** What changed last, newest first. */
export function RecentCard({ recent }: { recent: readonly DeviceChange[] }) {
  const { t } = useTranslation();
  return (
    <section className={`card ${classes.card}`} aria-label={t("overview.recent")}>
      <CardHead title={t("overview.recent")} more={{ to: "/devices", label: t("nav.devices") }} />
      {recent.length === 0 ? (
        <p className="dim">{t("overview.recentNone")}</p>
      ) : (
        <ol className={lines.lines}>
          {recent.slice(0, SHOWN).map((change) => (
            <li key={`${deviceKey(change)} ${change.at}`}>
              {change.removed ? (
                <span className="dim">{t("overview.removed")}</span>
              ) : (
                <StatusBadge status={change.status} />
              )}
              <Link to="/devices" search={{ device: deviceKey(change) }} className="ellipsis" title={change.name}>
                {change.name}
              </Link>
              <span className={`dim ${classes.when}`}>
                <Since at={change.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
