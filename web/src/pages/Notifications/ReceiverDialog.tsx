import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Notifications, type Receiver, useWriteNotifications } from "../../api/notifications";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { fieldFaults } from "../../lib/field_faults";
import classes from "./Notifications.module.css";
import { EmailFields, emptyWay, TelegramFields, WAYS, type Way, WebhookFields } from "./ways";

interface ReceiverDialogProps {
  seen: Notifications;
  /** Null for a new one. */
  index: number | null;
  onClose: () => void;
}

/** How somebody is told; what is secret is written, never read. */
export default function ReceiverDialog({ seen, index, onClose }: ReceiverDialogProps) {
  const { t, i18n } = useTranslation();
  const toasts = useToasts();
  const write = useWriteNotifications();
  const before = index === null ? undefined : seen.receivers[index];
  const [receiver, setReceiver] = useState<Receiver>(
    () => before ?? { name: "", language: i18n.language === "ru" ? "ru" : "en", send_resolved: true },
  );
  const [way, setWay] = useState<Way>(() => WAYS.find((each) => before?.[each]) ?? "email");
  const place = index ?? seen.receivers.length;
  const faults = fieldFaults(write.error, `receivers[${place}]`);
  const part = receiver[way] ?? emptyWay(way);
  const fields = { faults: fieldFaults(write.error, `receivers[${place}].${way}`) };

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const receivers = [...seen.receivers];
    receivers[place] = { ...inOneWay(receiver, before), [way]: part };
    write.mutate(
      { seen, document: { receivers, routes: seen.routes } },
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
      title={before ? t("notifications.edit", { name: before.name }) : t("notifications.addReceiver")}
    >
      <form className={classes.dialog} onSubmit={onSubmit} noValidate>
        {!before && (
          <TextInput
            name="receiver-name"
            label={t("notifications.name")}
            description={t("notifications.nameHelp")}
            value={receiver.name}
            error={faults.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setReceiver({ ...receiver, name: event.currentTarget.value.trim() })}
            data-autofocus
          />
        )}
        <NativeSelect
          name="way"
          label={t("notifications.way")}
          data={WAYS.map((value) => ({ value, label: t(`notifications.ways.${value}`) }))}
          value={way}
          onChange={(event) => setWay(WAYS.find((each) => each === event.currentTarget.value) ?? "email")}
        />
        {way === "email" && (
          <EmailFields {...fields} part={part} onChange={(email) => setReceiver({ ...receiver, email })} />
        )}
        {way === "telegram" && (
          <TelegramFields {...fields} part={part} onChange={(telegram) => setReceiver({ ...receiver, telegram })} />
        )}
        {way === "webhook" && (
          <WebhookFields {...fields} part={part} onChange={(webhook) => setReceiver({ ...receiver, webhook })} />
        )}
        <NativeSelect
          name="language"
          label={t("notifications.language")}
          data={[
            { value: "ru", label: "Русский" },
            { value: "en", label: "English" },
          ]}
          value={receiver.language ?? "en"}
          onChange={(event) => setReceiver({ ...receiver, language: event.currentTarget.value === "ru" ? "ru" : "en" })}
        />
        <Switch
          name="resolved"
          label={t("notifications.resolved")}
          checked={receiver.send_resolved !== false}
          onChange={(event) => setReceiver({ ...receiver, send_resolved: event.currentTarget.checked })}
        />
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

/** Here somebody is told in one way; several, which only the API sets, stay. */
function inOneWay(receiver: Receiver, before: Receiver | undefined): Receiver {
  const several = before !== undefined && WAYS.filter((each) => before[each]).length > 1;
  return several ? receiver : { ...receiver, email: null, telegram: null, webhook: null };
}
