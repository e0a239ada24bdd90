import { Skeleton } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Alert, useAlerts } from "../../api/alerts";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconBell } from "../../components/icons";
import { Page } from "../../components/Page";
import { TabLinks } from "../../components/TabLinks";
import { useFormat } from "../../i18n/format";
import { AlertRow } from "./AlertRow";
import classes from "./AlertsPage.module.css";
import { Silences } from "./Silences";
import { type AlertState, STATES } from "./search";
import { Windows } from "./Windows";

const SEVERITIES = ["critical", "warning", "info"];

/** What needs somebody, the worst first; what is silenced is counted, not shown. */
export function AlertsPage() {
  const { t } = useTranslation();
  const { show, state = "firing" } = useSearch({ from: "/alerts" });
  return (
    <Page title={t("nav.alerts")}>
      <TabLinks
        label={t("alerts.parts")}
        tabs={[
          { to: "/alerts", search: {}, label: t("alerts.title"), isCurrent: show === undefined },
          { to: "/alerts", search: { show: "silences" }, label: t("silences.title"), isCurrent: show === "silences" },
          { to: "/alerts", search: { show: "windows" }, label: t("windows.title"), isCurrent: show === "windows" },
        ]}
      />
      {show === undefined && <Alerts state={state} />}
      {show === "silences" && <Silences />}
      {show === "windows" && <Windows />}
    </Page>
  );
}

function Alerts({ state }: { state: AlertState }) {
  const { t } = useTranslation();
  const { data: alerts, error, refetch } = useAlerts();
  const shown = alerts?.filter((alert) => alert.state === state).sort(bySeverity);
  return (
    <>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={alerts ? "line" : "block"} />}
      {alerts === undefined && error === null && <Skeleton height={180} className="late" aria-hidden="true" />}
      {alerts && <StateChips alerts={alerts} current={state} />}
      {shown?.length === 0 && (
        <EmptyState icon={IconBell} title={t(`alerts.none.${state}`)} text={t("alerts.noneText")} />
      )}
      {shown !== undefined && shown.length > 0 && (
        <ul className={`card ${classes.list}`}>
          {shown.map((alert) => (
            <AlertRow key={alert.fingerprint} alert={alert} />
          ))}
        </ul>
      )}
    </>
  );
}

function StateChips({ alerts, current }: { alerts: readonly Alert[]; current: AlertState }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  return (
    <p className={classes.chips}>
      {STATES.map((state) => (
        <Link
          key={state}
          to="/alerts"
          search={state === "firing" ? {} : { state }}
          className={classes.chip}
          data-current={state === current || undefined}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {t(`alerts.state.${state}`)}{" "}
          <span className="num">{number(alerts.filter((alert) => alert.state === state).length)}</span>
        </Link>
      ))}
    </p>
  );
}

/** Worst first, then newest; a severity that is none of ours comes last. */
function bySeverity(a: Alert, b: Alert): number {
  return rank(a) - rank(b) || b.starts_at.localeCompare(a.starts_at);
}

function rank({ severity }: Alert): number {
  const place = SEVERITIES.indexOf(severity ?? "");
  return place === -1 ? SEVERITIES.length : place;
}
