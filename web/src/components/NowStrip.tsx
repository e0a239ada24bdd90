import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useIsLive } from "../api/live_state";
import { attention, type Overview, useOverview } from "../api/overview";
import { useFormat } from "../i18n/format";
import { IN_WORK } from "../lib/in_work";
import { useAge } from "./Ages";
import { failingExporters } from "./failing";
import { IconAlertTriangle, IconCircleX, IconClock, IconHelpCircle, IconPlug, IconTool } from "./icons";
import classes from "./NowStrip.module.css";

/** Older than this is worth a warning: the gateway renews its picture every two seconds. */
const STALE_SECONDS = 30;

/** What matters right now, on every page: how many are dark, what we cannot see, and how old this is. */
export function NowStrip() {
  const { t } = useTranslation();
  const { data: overview } = useOverview();
  const isStale = useAge(overview?.as_of, (seconds) => (seconds > STALE_SECONDS ? "stale" : "")) === "stale";
  const isWarning = overview !== undefined && (isStale || !overview.prometheus_up);
  return (
    <section className={classes.strip} aria-label={t("strip.label")} data-stale={isWarning || undefined}>
      {overview === undefined ? <span className="dim">{t("strip.loading")}</span> : <Counts overview={overview} />}
      <Freshness overview={overview} isWarning={isWarning} />
    </section>
  );
}

function Counts({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { offline, unknown, inWork } = attention(overview);
  const failing = failingExporters(overview.sources);
  return (
    <div className={classes.counts}>
      <Link
        to="/devices"
        search={{ status: ["offline"], sort: "-status_since" }}
        className={classes.count}
        data-kind={offline > 0 ? "offline" : "quiet"}
      >
        <IconCircleX size={16} aria-hidden />
        <span className="num">{t("strip.offline", { count: offline, n: number(offline) })}</span>
      </Link>
      <Link
        to="/devices"
        search={{ status: ["unknown"], sort: "-status_since" }}
        className={classes.count}
        data-kind={unknown > 0 ? "unknown" : "quiet"}
      >
        <IconHelpCircle size={16} aria-hidden />
        <span className="num">{t("strip.unknown", { count: unknown, n: number(unknown) })}</span>
      </Link>
      {inWork > 0 && (
        <Link to="/devices" search={{ work: [...IN_WORK] }} className={classes.count} data-kind="quiet">
          <IconTool size={16} aria-hidden />
          <span className="num">{t("strip.inWork", { count: inWork, n: number(inWork) })}</span>
        </Link>
      )}
      <Link to="/exporters" className={classes.count} data-kind={failing > 0 ? "warn" : "quiet"}>
        <IconPlug size={16} aria-hidden />
        <span className="num">
          {failing > 0 ? t("strip.failing", { count: failing, n: number(failing) }) : t("strip.noneFailing")}
        </span>
      </Link>
    </div>
  );
}

function Freshness({ overview, isWarning }: { overview: Overview | undefined; isWarning: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isLive = useIsLive();
  const age = useAge(overview?.as_of, format.duration);
  if (overview === undefined) return null;
  if (overview.as_of === null) return <span className={classes.fresh}>{t("strip.noData")}</span>;
  if (isWarning) {
    const why = overview.prometheus_up ? t("strip.stale", { age }) : t("strip.prometheusDown", { age });
    return (
      <span className={classes.warning} role="status" title={t("strip.staleWhy")}>
        <IconAlertTriangle size={16} aria-hidden /> {why}
      </span>
    );
  }
  return (
    <span className={classes.fresh} title={isLive ? t("strip.live") : t("strip.reconnecting")}>
      {isLive ? <span className={classes.pulse} aria-hidden="true" /> : <IconClock size={15} aria-hidden />}
      <span className="num">{t("strip.asOf", { time: format.timeOfDay(overview.as_of) })}</span>
      <span className={`num ${classes.age}`}>{t("strip.ago", { age })}</span>
    </span>
  );
}
