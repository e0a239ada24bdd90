import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../api/devices";
import { IconCircleCheck, IconCircleX, IconHelpCircle } from "./icons";
import classes from "./StatusBadge.module.css";

type Status = Device["status"];

export const STATUS_ICONS: Record<Status, ComponentType<{ size?: number; "aria-hidden"?: boolean }>> = {
  online: IconCircleCheck,
  offline: IconCircleX,
  unknown: IconHelpCircle,
};

/** Icon, word and colour: never colour alone. */
export function StatusBadge({ status }: { status: Status }) {
  const { t } = useTranslation();
  const Icon = STATUS_ICONS[status];
  return (
    <span className={classes.badge} data-status={status} title={t(`statusHelp.${status}`)}>
      <Icon size={15} aria-hidden />
      {t(`status.${status}`)}
    </span>
  );
}
