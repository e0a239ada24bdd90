import { useTranslation } from "react-i18next";
import type { Exporter, Phase } from "../api/exporters";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconClock, IconPlayerStop } from "./icons";
import classes from "./PhaseBadge.module.css";

type PhaseName = Phase | "none";

const LOOKS: Record<PhaseName, { kind: "off" | "good" | "warn" | "bad" | "busy"; Icon: typeof IconClock }> = {
  none: { kind: "busy", Icon: IconClock },
  pending: { kind: "busy", Icon: IconClock },
  starting: { kind: "busy", Icon: IconCircleDashed },
  running: { kind: "good", Icon: IconCircleCheck },
  degraded: { kind: "warn", Icon: IconAlertTriangle },
  crash_looping: { kind: "bad", Icon: IconCircleX },
  stopped: { kind: "off", Icon: IconPlayerStop },
  failed: { kind: "bad", Icon: IconCircleX },
};

export function phaseOf(exporter: Exporter): PhaseName {
  return exporter.observed?.phase ?? "none";
}

export function PhaseBadge({ phase }: { phase: PhaseName }) {
  const { t } = useTranslation();
  const { kind, Icon } = LOOKS[phase];
  return (
    <span className={classes.badge} data-kind={kind} data-phase={phase}>
      <Icon size={15} aria-hidden />
      {t(`phase.${phase}`)}
    </span>
  );
}
