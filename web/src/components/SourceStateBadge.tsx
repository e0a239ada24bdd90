import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconPlayerStop } from "./icons";
import classes from "./PhaseBadge.module.css";

/** Whether a source is polled; `up` is null until its first poll has ended. */
export function SourceStateBadge({ enabled, up }: { enabled: boolean; up: boolean | null | undefined }) {
  const { t } = useTranslation();
  if (!enabled) return <Look kind="off" Icon={IconPlayerStop} word={t("exporters.sourceDisabled")} />;
  if (up === true) return <Look kind="good" Icon={IconCircleCheck} word={t("exporters.sourceUp")} />;
  if (up === false) return <Look kind="warn" Icon={IconAlertTriangle} word={t("exporters.sourceDown")} />;
  return <Look kind="busy" Icon={IconCircleDashed} word={t("exporters.sourceWaiting")} />;
}

interface LookProps {
  kind: "off" | "good" | "warn" | "busy";
  Icon: typeof IconCircleCheck;
  word: string;
}

function Look({ kind, Icon, word }: LookProps) {
  return (
    <span className={classes.badge} data-kind={kind}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
}
