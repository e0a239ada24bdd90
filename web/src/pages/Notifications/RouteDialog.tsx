import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Notifications, type Route, useWriteNotifications } from "../../api/notifications";
import { useOverview } from "../../api/overview";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { WeekTimes } from "../../components/WeekTimes";
import { fieldFaults } from "../../lib/field_faults";
import { clock, type Day, ownTimeZone, WORKING_DAYS } from "../../lib/weekdays";
import classes from "./Notifications.module.css";

interface RouteDialogProps {
  seen: Notifications;
  /** Null for a new one. */
  index: number | null;
  onClose: () => void;
}

const SEVERITIES = ["critical", "warning", "info"] as const;
const LONGEST_REPEAT_HOURS = 168;

/** Who is to be told of which alerts, and when. */
export default function RouteDialog({ seen, index, onClose }: RouteDialogProps) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const write = useWriteNotifications();
  const [route, setRoute] = useState<Required<Route>>(() => beginning(seen, index));
  const hours = route.working_hours;
  const place = index ?? seen.routes.length;
  const faults = fieldFaults(write.error, `routes[${place}]`);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const routes = [...seen.routes];
    routes[place] = route;
    write.mutate(
      { seen, document: { receivers: seen.receivers, routes } },
      {
        onSuccess: () => {
          toasts.done(t("notifications.saved"));
          onClose();
        },
      },
    );
  }

  return (
    <Dialog
      onClose={onClose}
      title={index === null ? t("notifications.addRoute") : t("notifications.editRoute", { n: String(index + 1) })}
    >
      <form className={classes.dialog} onSubmit={onSubmit} noValidate>
        <NativeSelect
          name="receiver"
          label={t("notifications.receiver")}
          data={seen.receivers.map(({ name }) => name)}
          value={route.receiver}
          onChange={(event) => setRoute({ ...route, receiver: event.currentTarget.value })}
        />
        <Choices
          legend={t("notifications.severities")}
          offered={SEVERITIES.map((value) => ({ value, label: t(`alerts.severity.${value}`) }))}
          chosen={route.severities}
          onChange={(severities) => setRoute({ ...route, severities })}
        />
        <Sources chosen={route.sources} onChange={(sources) => setRoute({ ...route, sources })} />
        <TextInput
          name="repeat"
          type="number"
          min={1}
          max={LONGEST_REPEAT_HOURS}
          label={t("notifications.repeatHours")}
          value={String(route.repeat_hours)}
          error={faults.repeat_hours}
          onChange={(event) => setRoute({ ...route, repeat_hours: Number(event.currentTarget.value) })}
        />
        <Switch
          name="hours"
          label={t("notifications.hours")}
          description={t("notifications.hoursHelp")}
          checked={hours !== null}
          onChange={(event) =>
            setRoute({ ...route, working_hours: event.currentTarget.checked ? officeHours() : null })
          }
        />
        {hours && (
          <WeekTimes
            times={{ ...hours, days: (hours.days ?? []) as Day[], from: clock(hours.from), till: clock(hours.till) }}
            faults={fieldFaults(write.error, `routes[${place}].working_hours`)}
            onChange={(working_hours) => setRoute({ ...route, working_hours })}
          />
        )}
        {write.error && <ErrorPanel error={write.error} variant="line" />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={write.isPending}>
            {t("settings.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function beginning({ receivers, routes }: Notifications, index: number | null): Required<Route> {
  const before = index === null ? undefined : routes[index];
  return {
    receiver: receivers[0]?.name ?? "",
    severities: [],
    sources: [],
    working_hours: null,
    repeat_hours: 24,
    ...before,
  };
}

function officeHours() {
  return { days: [...WORKING_DAYS], from: "09:00", till: "18:00", time_zone: ownTimeZone() };
}

/** The sources that there are, and those that were chosen and are gone. */
function Sources({ chosen, onChange }: { chosen: string[]; onChange: (chosen: string[]) => void }) {
  const { t } = useTranslation();
  const known = useOverview().data?.sources.map(({ source }) => source) ?? [];
  const offered = [...new Set([...known, ...chosen])].sort().map((value) => ({ value, label: value }));
  return <Choices legend={t("notifications.sources")} offered={offered} chosen={chosen} onChange={onChange} />;
}

interface ChoicesProps<Value extends string> {
  legend: string;
  offered: { value: Value; label: string }[];
  chosen: Value[];
  onChange: (chosen: Value[]) => void;
}

/** None chosen: all. */
function Choices<Value extends string>({ legend, offered, chosen, onChange }: ChoicesProps<Value>) {
  return (
    <fieldset className={classes.choices}>
      <legend>{legend}</legend>
      {offered.map(({ value, label }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
            }
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
