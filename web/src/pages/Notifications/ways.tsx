import { PasswordInput, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Receiver } from "../../api/notifications";

export const WAYS = ["email", "telegram", "webhook"] as const;
export type Way = (typeof WAYS)[number];

type Email = NonNullable<Receiver["email"]>;
type Telegram = NonNullable<Receiver["telegram"]>;
type Webhook = NonNullable<Receiver["webhook"]>;
type Part = Email | Telegram | Webhook;
type Secret = Webhook["url"];

export function emptyWay(way: Way): Part {
  if (way === "email") return { to: [], from: "", server: "", require_tls: true };
  return way === "telegram" ? { bot_token: "", chat_id: 0 } : { url: "" };
}

interface FieldsProps<Of extends Part> {
  part: Part;
  faults: Record<string, string>;
  onChange: (part: Of) => void;
}

export function EmailFields({ part, faults, onChange }: FieldsProps<Email>) {
  const { t } = useTranslation();
  const email = part as Email;
  return (
    <>
      <TextInput
        name="to"
        label={t("notifications.email.to")}
        description={t("notifications.email.toHelp")}
        defaultValue={email.to.join(", ")}
        error={faults.to ?? faults["to[0]"]}
        onChange={(event) =>
          onChange({ ...email, to: event.currentTarget.value.split(",").flatMap((each) => each.trim() || []) })
        }
      />
      <TextInput
        name="from"
        label={t("notifications.email.from")}
        value={email.from}
        error={faults.from}
        onChange={(event) => onChange({ ...email, from: event.currentTarget.value.trim() })}
      />
      <TextInput
        name="server"
        label={t("notifications.email.server")}
        placeholder="smtp.example.com:587"
        value={email.server}
        error={faults.server}
        spellCheck={false}
        onChange={(event) => onChange({ ...email, server: event.currentTarget.value.trim() })}
      />
      <TextInput
        name="username"
        label={t("notifications.email.username")}
        value={email.username ?? ""}
        autoComplete="off"
        onChange={(event) => onChange({ ...email, username: event.currentTarget.value })}
      />
      <SecretField
        name="password"
        label={t("notifications.email.password")}
        value={email.password}
        fault={faults.password}
        onChange={(password) => onChange({ ...email, password: password === "" ? null : password })}
      />
      <Switch
        name="tls"
        label={t("notifications.email.tls")}
        checked={email.require_tls !== false}
        onChange={(event) => onChange({ ...email, require_tls: event.currentTarget.checked })}
      />
    </>
  );
}

export function TelegramFields({ part, faults, onChange }: FieldsProps<Telegram>) {
  const { t } = useTranslation();
  const telegram = part as Telegram;
  return (
    <>
      <SecretField
        name="bot_token"
        label={t("notifications.telegram.token")}
        value={telegram.bot_token}
        fault={faults.bot_token}
        onChange={(bot_token) => onChange({ ...telegram, bot_token })}
      />
      <TextInput
        name="chat_id"
        label={t("notifications.telegram.chat")}
        description={t("notifications.telegram.chatHelp")}
        defaultValue={telegram.chat_id === 0 ? "" : String(telegram.chat_id)}
        error={faults.chat_id}
        inputMode="numeric"
        onChange={(event) => onChange({ ...telegram, chat_id: Number(event.currentTarget.value) })}
      />
    </>
  );
}

export function WebhookFields({ part, faults, onChange }: FieldsProps<Webhook>) {
  const { t } = useTranslation();
  const webhook = part as Webhook;
  return (
    <>
      <SecretField
        name="url"
        label={t("notifications.webhook.url")}
        description={t("notifications.webhook.urlHelp")}
        value={webhook.url}
        fault={faults.url}
        onChange={(url) => onChange({ ...webhook, url })}
      />
      <SecretField
        name="bearer_token"
        label={t("notifications.webhook.token")}
        value={webhook.bearer_token}
        fault={faults.bearer_token}
        onChange={(token) => onChange({ ...webhook, bearer_token: token === "" ? null : token })}
      />
    </>
  );
}

interface SecretFieldProps {
  name: string;
  label: string;
  description?: string;
  value: Secret | null | undefined;
  fault: string | undefined;
  onChange: (value: string) => void;
}

/** Empty while a stored one stays; what is typed replaces it. */
function SecretField({ name, label, description, value, fault, onChange }: SecretFieldProps) {
  const { t } = useTranslation();
  const isKept = typeof value === "object" && value !== null;
  return (
    <PasswordInput
      name={name}
      label={label}
      description={description}
      autoComplete="new-password"
      placeholder={isKept ? t("notifications.kept") : ""}
      value={typeof value === "string" ? value : ""}
      error={fault}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
