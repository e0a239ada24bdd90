import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Overview } from "../../api/overview";
import { IconCircleCheck } from "../../components/icons";
import { useFormat } from "../../i18n/format";
import { CardHead } from "./CardHead";
import classes from "./OverviewPage.module.css";

type CausesProps = Pick<Overview, "causes" | "totals">;

/** The vendor said of these devices that they are dark. */
const DARK: ReadonlySet<string> = new Set(["reported_offline", "site_dark", "closed"]);

/** Which layer the evidence points to, most frequent first. */
export function CausesCard({ causes, totals }: CausesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...causes.map(({ count }) => count));
  return (
    <section className={`card ${classes.card}`} aria-label={t("overview.why")}>
      <CardHead title={t("overview.why")} />
      {causes.length === 0 ? (
        <p className={classes.allGood}>
          <IconCircleCheck size={18} aria-hidden /> {totals.total > 0 ? t("overview.whyNone") : t("strip.noData")}
        </p>
      ) : (
        <ul className={classes.causes}>
          {causes.map(({ cause, count }) => (
            <li key={cause}>
              <Link to="/devices" search={{ cause: [cause] }} className={classes.cause}>
                <span>{t(`cause.${cause}`)}</span>
                <span className="num">{format.number(count)}</span>
                <span
                  className={classes.causeBar}
                  data-status={DARK.has(cause) ? "offline" : "unknown"}
                  style={{ width: `${Math.max(1.5, (100 * count) / most)}%` }}
                />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
