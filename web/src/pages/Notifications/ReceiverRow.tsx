import { ActionIcon, Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Notifications, type Receiver, useTestReceiver, useWriteNotifications } from "../../api/notifications";
import { Ago } from "../../components/Ages";
import { IconPencil, IconTrash } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import classes from "./Notifications.module.css";

interface ReceiverRowProps {
  seen: Notifications;
  receiver: Receiver;
  onEdit: () => void;
}

/** How somebody is told, and whether the last test message arrived. */
export function ReceiverRow({ seen, receiver, onEdit }: ReceiverRowProps) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const write = useWriteNotifications();
  const test = useTestReceiver();
  const { name } = receiver;
  const last = seen.tests.find((each) => each.receiver === name);

  /** Its routes go with it: they would name nobody. */
  function remove(): void {
    const document = {
      receivers: seen.receivers.filter((each) => each.name !== name),
      routes: seen.routes.filter((route) => route.receiver !== name),
    };
    write.mutate(
      { seen, document },
      { onSuccess: () => toasts.done(t("notifications.deleted", { name })), onError: toasts.failed },
    );
  }

  return (
    <li data-receiver={name}>
      <div className={classes.text}>
        <strong>{name}</strong>
        <p className="dim">{useWays(receiver)}</p>
        {last && (
          <p className={classes.outcome} data-outcome={last.outcome}>
            {t(`notifications.outcome.${last.outcome}`)} · <Ago at={last.asked_at} />
          </p>
        )}
      </div>
      <div className={classes.acts}>
        <Button
          size="compact-sm"
          variant="default"
          loading={test.isPending || last?.outcome === "waiting"}
          onClick={() => test.mutate(name, { onError: toasts.failed })}
        >
          {t("notifications.test")}
        </Button>
        <Act label={t("notifications.edit", { name })} Icon={IconPencil} onClick={onEdit} />
        <Act
          label={t("notifications.delete", { name })}
          Icon={IconTrash}
          isPending={write.isPending}
          onClick={remove}
        />
      </div>
    </li>
  );
}

interface ActProps {
  label: string;
  Icon: typeof IconTrash;
  isPending?: boolean;
  onClick: () => void;
}

export function Act({ label, Icon, isPending = false, onClick }: ActProps) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} loading={isPending} onClick={onClick}>
      <Icon size={16} />
    </ActionIcon>
  );
}

function useWays({ email, telegram, webhook, send_resolved: tellsEnd }: Receiver): string {
  const { t } = useTranslation();
  const ways = [
    email && t("notifications.byEmail", { to: email.to.join(", ") }),
    telegram && t("notifications.byTelegram", { chat: String(telegram.chat_id) }),
    webhook && t("notifications.byWebhook"),
    tellsEnd === false && t("notifications.noResolved"),
  ];
  return ways.filter(Boolean).join(" · ");
}
