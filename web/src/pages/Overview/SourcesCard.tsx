import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SourceOverview } from "../../api/overview";
import { Ago } from "../../components/Ages";
import { useReasonText } from "../../components/reason_text";
import { SourceStateBadge } from "../../components/SourceStateBadge";
import { StatusBar } from "../../components/StatusBar";
import { useFormat } from "../../i18n/format";
import { CardHead } from "./CardHead";
import classes from "./OverviewPage.module.css";

/** Whether each source can be asked, and how its screens stand; those in trouble first. */
export function SourcesCard({ sources }: { sources: readonly SourceOverview[] }) {
  const { t } = useTranslation();
  const ordered = [...sources].sort((a, b) => trouble(b) - trouble(a) || a.source.localeCompare(b.source));
  return (
    <section className={`card ${classes.card} ${classes.fleet}`} aria-label={t("overview.sources")}>
      <CardHead title={t("overview.sources")} more={{ to: "/exporters", label: t("overview.allSources") }} />
      <div className={classes.tableScroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>{t("overview.source")}</th>
              <th>{t("overview.state")}</th>
              <th className={classes.right}>{t("status.offline")}</th>
              <th className={classes.right}>{t("status.unknown")}</th>
              <th className={classes.right}>{t("status.online")}</th>
              <th className={classes.bars}>{t("overview.distribution")}</th>
              <th className={classes.right}>{t("overview.lastSuccess")}</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((source) => (
              <SourceRow key={`${source.exporter}/${source.source}`} source={source} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function SourceRow({ source }: { source: SourceOverview }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const reasonText = useReasonText();
  return (
    <tr>
      <td>
        <Link to="/devices" search={{ source: [source.source] }} className={classes.sourceName}>
          {source.source}
        </Link>
        <span className={`dim ${classes.platform}`}>{source.platform}</span>
      </td>
      <td>
        <SourceStateBadge enabled={source.enabled} up={source.up} />
        {source.enabled && source.reason && <span className={classes.reason}>{reasonText(source.reason)}</span>}
      </td>
      {(["offline", "unknown", "online"] as const).map((status) => (
        <td key={status} className={`num ${classes.right}`}>
          {source[status] === 0 ? (
            <span className="dim">0</span>
          ) : (
            <Link to="/devices" search={{ source: [source.source], status: [status] }} data-status={status}>
              {number(source[status])}
            </Link>
          )}
        </td>
      ))}
      <td>
        <StatusBar shares={source} />
      </td>
      <td className={`dim ${classes.right}`}>
        {source.last_success_at ? <Ago at={source.last_success_at} /> : t("overview.never")}
      </td>
    </tr>
  );
}

function trouble({ enabled, up, offline }: SourceOverview): number {
  return (enabled && up === false ? 1e9 : 0) + offline;
}
