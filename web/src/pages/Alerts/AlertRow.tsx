import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Alert } from "../../api/alerts";
import { Since } from "../../components/Ages";
import { IconAlertTriangle, IconBellOff, IconCircleX, IconHelpCircle } from "../../components/icons";
import { lazyPart } from "../../components/parts";
import { isWebAddress } from "../../lib/grafana";
import classes from "./AlertsPage.module.css";

const SilenceDialog = lazyPart(() => import("./SilenceDialog"));

const ICONS = { critical: IconCircleX, warning: IconAlertTriangle, info: IconHelpCircle };
type Severity = keyof typeof ICONS;

function severityOf(alert: Alert): Severity {
  return alert.severity === "critical" || alert.severity === "warning" ? alert.severity : "info";
}

export function AlertRow({ alert }: { alert: Alert }) {
  const { t, i18n } = useTranslation();
  const [isSilencing, setSilencing] = useState(false);
  const severity = severityOf(alert);
  const Icon = ICONS[severity];
  const say = (what: "summary" | "description"): string | undefined =>
    alert.annotations[`${what}_${i18n.language}`] ?? alert.annotations[what];
  return (
    <li className={classes.alert} data-severity={severity} data-alert={alert.name}>
      <span className={classes.severity}>
        <Icon size={16} aria-hidden /> {t(`alerts.severity.${severity}`)}
      </span>
      <div className={classes.text}>
        <strong>{say("summary") ?? alert.name}</strong>
        {say("description") && <p className="dim">{say("description")}</p>}
        <p className={classes.links}>
          <span className="dim mono">{alert.name}</span>
          <Where alert={alert} />
          {isWebAddress(alert.annotations.runbook_url ?? "") && (
            <a href={alert.annotations.runbook_url} target="_blank" rel="noreferrer">
              {t("alerts.runbook")}
            </a>
          )}
        </p>
      </div>
      <span className="dim">
        <Since at={alert.starts_at} />
      </span>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconBellOff size={14} />}
        onClick={() => setSilencing(true)}
      >
        {t("alerts.silence")}
      </Button>
      <Suspense>{isSilencing && <SilenceDialog alert={alert} onClose={() => setSilencing(false)} />}</Suspense>
    </li>
  );
}

/** To what the alert is about: the device, else the site, the source, the exporter. */
function Where({ alert }: { alert: Alert }) {
  const { platform, source, device_id: id, site, exporter } = alert.labels;
  if (platform && source && id) {
    return (
      <Link to="/devices/$platform/$source/$" params={{ platform, source, _splat: id }}>
        {id}
      </Link>
    );
  }
  if (site) {
    return (
      <Link to="/devices" search={{ site: [site] }}>
        {site}
      </Link>
    );
  }
  if (source) {
    return (
      <Link to="/devices" search={{ source: [source] }}>
        {source}
      </Link>
    );
  }
  if (exporter) {
    return (
      <Link to="/exporters/$name" params={{ name: exporter }}>
        {exporter}
      </Link>
    );
  }
  return null;
}
