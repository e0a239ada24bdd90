import { useTranslation } from "react-i18next";
import { type Notifications, type Route, useWriteNotifications } from "../../api/notifications";
import { IconPencil, IconTrash } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import { clock, type Day, dayName } from "../../lib/weekdays";
import classes from "./Notifications.module.css";
import { Act } from "./ReceiverRow";

interface RouteRowProps {
  seen: Notifications;
  index: number;
  route: Route;
  onEdit: () => void;
}

/** Who is told of which alerts, and when. */
export function RouteRow({ seen, index, route, onEdit }: RouteRowProps) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const write = useWriteNotifications();

  function remove(): void {
    const document = { receivers: seen.receivers, routes: seen.routes.filter((_, place) => place !== index) };
    write.mutate({ seen, document }, { onError: toasts.failed });
  }

  return (
    <li data-route={index}>
      <div className={classes.text}>
        <strong>{route.receiver}</strong>
        <p className="dim">{useRouteText(route)}</p>
      </div>
      <div className={classes.acts}>
        <Act label={t("notifications.editRoute", { n: String(index + 1) })} Icon={IconPencil} onClick={onEdit} />
        <Act
          label={t("notifications.deleteRoute", { n: String(index + 1) })}
          Icon={IconTrash}
          isPending={write.isPending}
          onClick={remove}
        />
      </div>
    </li>
  );
}

function useRouteText({
  severities = [],
  sources = [],
  working_hours: hours,
  repeat_hours: repeat = 24,
}: Route): string {
  const { t, i18n } = useTranslation();
  const days = (hours?.days ?? []).map((day) => dayName(day as Day, i18n.language)).join(", ");
  return [
    severities.length === 0
      ? t("notifications.allSeverities")
      : severities.map((each) => t(`alerts.severity.${each}`)).join(", "),
    sources.length === 0 ? t("settings.allSources") : sources.join(", "),
    hours ? `${days} ${clock(hours.from)}–${clock(hours.till)} ${hours.time_zone}` : t("notifications.always"),
    t("notifications.repeats", { n: String(repeat) }),
  ].join(" · ");
}
