import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DAYS, type Day, dayName } from "../lib/weekdays";
import classes from "./WeekTimes.module.css";

export interface Times {
  days: Day[];
  from: string;
  till: string;
  time_zone: string;
}

interface WeekTimesProps {
  times: Times;
  faults: Record<string, string>;
  onChange: (times: Times) => void;
}

/** On which days of the week, from when till when, by the clock of which place. */
export function WeekTimes({ times, faults, onChange }: WeekTimesProps) {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className={classes.times}>
      <legend>{t("weekTimes.days")}</legend>
      <div className={classes.days}>
        {DAYS.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={times.days.includes(day)}
            onClick={() =>
              onChange({
                ...times,
                days: DAYS.filter((each) => (each === day) !== times.days.includes(each)),
              })
            }
          >
            {dayName(day, i18n.language)}
          </button>
        ))}
      </div>
      <div className={classes.clock}>
        {(["from", "till"] as const).map((name) => (
          <TextInput
            key={name}
            type="time"
            size="xs"
            name={name}
            label={t(`weekTimes.${name}`)}
            value={times[name]}
            error={faults[name]}
            onChange={(event) => onChange({ ...times, [name]: event.currentTarget.value })}
          />
        ))}
        <TextInput
          size="xs"
          name="time_zone"
          label={t("weekTimes.zone")}
          value={times.time_zone}
          error={faults.time_zone}
          spellCheck={false}
          onChange={(event) => onChange({ ...times, time_zone: event.currentTarget.value })}
        />
      </div>
    </fieldset>
  );
}
