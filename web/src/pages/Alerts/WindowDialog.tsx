import { Button, Switch, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Matcher } from "../../api/alerts";
import { type MaintenanceWindow, useMatches, useWriteWindow } from "../../api/windows";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { WeekTimes } from "../../components/WeekTimes";
import { useFormat } from "../../i18n/format";
import { fieldFaults } from "../../lib/field_faults";
import { readMatchers } from "../../lib/matchers";
import { matcherText } from "../../lib/silences";
import { clock, type Day, ownTimeZone } from "../../lib/weekdays";
import classes from "./AlertsPage.module.css";

interface WindowDialogProps {
  /** Null for a new one. */
  before: MaintenanceWindow | null;
  onClose: () => void;
}

/** What is silenced when, with a count of what that fits now. */
export default function WindowDialog({ before, onClose }: WindowDialogProps) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const write = useWriteWindow();
  const [name, setName] = useState(before?.name ?? "");
  const [text, setText] = useState(() => before?.matchers.map(matcherText).join("\n") ?? "source=");
  const [comment, setComment] = useState(before?.comment ?? "");
  const [isEnabled, setEnabled] = useState(before?.enabled !== false);
  const [times, setTimes] = useState(() => ({
    days: (before?.days ?? ["sunday"]) as Day[],
    from: clock(before?.from ?? "02:00"),
    till: clock(before?.till ?? "04:00"),
    time_zone: before?.time_zone ?? ownTimeZone(),
  }));
  const matchers = readMatchers(text);
  const faults = fieldFaults(write.error);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const { first_day = null, last_day = null } = before ?? {};
    const plan = { matchers: matchers ?? [], comment: comment.trim(), enabled: isEnabled, first_day, last_day };
    write.mutate(
      { before, window: { name, ...plan, ...times } },
      {
        onSuccess: () => {
          toasts.done(t("windows.saved", { name }));
          onClose();
        },
      },
    );
  }

  return (
    <Dialog onClose={onClose} title={before ? before.name : t("windows.create")}>
      <form className={classes.dialog} onSubmit={onSubmit} noValidate>
        {before === null && (
          <TextInput
            name="window-name"
            label={t("notifications.name")}
            description={t("notifications.nameHelp")}
            value={name}
            error={faults.name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value.trim())}
            data-autofocus
          />
        )}
        <Textarea
          name="matchers"
          label={t("windows.matchers")}
          description={t("windows.matchersHelp")}
          rows={3}
          spellCheck={false}
          value={text}
          error={matchers === null ? t("windows.noMatcher") : (faults.matchers ?? faults["matchers[0].value"])}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Count matchers={matchers ?? []} />
        <WeekTimes times={times} faults={faults} onChange={setTimes} />
        <TextInput
          name="comment"
          label={t("silences.why")}
          value={comment}
          maxLength={500}
          error={faults.comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Switch
          name="enabled"
          label={t("windows.enabled")}
          checked={isEnabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        {write.error && <ErrorPanel error={write.error} variant="line" />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={write.isPending} disabled={!matchers?.length || comment.trim() === ""}>
            {t("settings.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Count({ matchers }: { matchers: Matcher[] }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const { data, error } = useMatches(matchers.filter(({ value }) => value !== ""));
  return (
    <p className="num" role="status">
      {data && t("silences.matches", { count: data.alerts, n: number(data.alerts) })}
      {typeof data?.devices === "number" &&
        ` · ${t("overview.screens", { count: data.devices, n: number(data.devices) })}`}
      {error && t("windows.notCounted")}
    </p>
  );
}
