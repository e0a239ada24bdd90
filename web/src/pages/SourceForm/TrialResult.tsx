import { useTranslation } from "react-i18next";
import type { Trial } from "../../api/sources";
import { IconAlertTriangle, IconCircleCheck } from "../../components/icons";
import { ReasonDetail } from "../../components/ReasonDetail";
import { useReasonText } from "../../components/reason_text";
import { StatusBadge } from "../../components/StatusBadge";
import { useFormat } from "../../i18n/format";
import classes from "./SourceForm.module.css";

/** What the vendor answered, and what a full poll will take. */
export function TrialResult({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasonText = useReasonText();
  const oddityText = useOddityText();
  const { check, cycleSeconds, sharedDevices } = trial;
  const Icon = check.ok ? IconCircleCheck : IconAlertTriangle;
  const seconds = format.number(Math.round(check.seconds * 10) / 10);
  return (
    <section className={classes.trial} data-ok={check.ok || undefined} role="status" aria-label={t("trial.act")}>
      <h2>
        <Icon size={18} aria-hidden />{" "}
        {check.ok ? t("trial.works", { seconds }) : check.error ? reasonText(check.error.reason) : t("trial.fails")}
      </h2>
      {check.error && <ReasonDetail code={check.error.reason} words={check.error.detail} />}
      <p className="num">
        {[
          check.devices != null && t("trial.devices", { count: check.devices, n: format.number(check.devices) }),
          t("exportersPage.cycle", { duration: format.duration(cycleSeconds) }),
          sharedDevices > 0 && t("trial.shared", { count: sharedDevices, n: format.number(sharedDevices) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {Object.entries(check.problems ?? {}).map(([problem, count]) => (
        <p key={problem} className="num">
          {oddityText(problem)}: {format.number(count)}
        </p>
      ))}
      {check.sample !== undefined && check.sample.length > 0 && (
        <ul className={classes.sample} aria-label={t("trial.sample")}>
          {check.sample.map((device) => (
            <li key={device.device_id}>
              <StatusBadge status={device.status} />
              <span className="ellipsis">{device.name ?? device.device_id}</span>
              <span className="mono dim">{device.device_id}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What was odd without failing the trial, or why single questions failed. */
function useOddityText(): (kind: string) => string {
  const { t, i18n } = useTranslation();
  const reasonText = useReasonText();
  return (kind) =>
    i18n.exists(`trial.problem.${kind}`) ? t(`trial.problem.${kind as "duplicate"}`) : reasonText(kind);
}
