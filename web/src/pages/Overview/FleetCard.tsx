import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { attention, type Overview } from "../../api/overview";
import { STATUS_ICONS } from "../../components/StatusBadge";
import { StatusBar } from "../../components/StatusBar";
import { useFormat } from "../../i18n/format";
import { WORK_VALUES } from "../../lib/in_work";
import classes from "./OverviewPage.module.css";

const STATUSES = ["offline", "unknown", "online"] as const;

/** How the fleet stands, and by platform; every number leads to its devices. */
export function FleetCard({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { totals, platforms } = overview;
  const counts = attention(overview);
  return (
    <section className={`card ${classes.card} ${classes.fleet}`} aria-label={t("overview.fleet")}>
      <div className={classes.figures}>
        {STATUSES.map((status) => {
          const Icon = STATUS_ICONS[status];
          return (
            <Link
              key={status}
              to="/devices"
              search={{ status: [status], sort: "-status_since" }}
              className={classes.figure}
              data-status={status}
              data-zero={counts[status] === 0 || undefined}
            >
              <span className={`num ${classes.value}`}>{format.number(counts[status])}</span>
              <span className={classes.label}>
                <span className={classes.word}>
                  <Icon size={15} aria-hidden /> {t(`status.${status}`)}
                </span>
                <span className="num dim">{format.share(counts[status], totals.total)}</span>
              </span>
            </Link>
          );
        })}
        <Link
          to="/devices"
          search={counts.inWork > 0 ? { work: [...WORK_VALUES] } : {}}
          className={`${classes.figure} ${classes.total}`}
        >
          <span className={`num ${classes.value}`}>{format.number(totals.total)}</span>
          <span className={classes.label}>{t("overview.screens", { count: totals.total, n: "" }).trim()}</span>
        </Link>
      </div>
      <StatusBar shares={totals} size="large" />
      {platforms.length > 1 && (
        <ul className={classes.platforms} aria-label={t("overview.byPlatform")}>
          {platforms.map((platform) => (
            <li key={platform.platform}>
              <Link to="/devices" search={{ platform: [platform.platform] }}>
                {platform.platform}
              </Link>
              <StatusBar shares={platform} />
              <span className="num dim">{format.share(platform.online, sum(platform))}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function sum({ online, offline, unknown }: { online: number; offline: number; unknown: number }): number {
  return online + offline + unknown;
}
