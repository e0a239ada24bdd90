import { ActionIcon, Button, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiToken, useCreateToken, useDeleteToken, useOwnTokens } from "../../api/own_access";
import { Ago } from "../../components/Ages";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconTrash } from "../../components/icons";
import { SecretOnce } from "../../components/SecretOnce";
import { useToasts } from "../../components/toasts";
import { Card } from "./Card";
import classes from "./SettingsPage.module.css";

const DAYS = [7, 30, 90, 365] as const;

/** Keys for programs (Grafana, scripts) that may do what their owner may, or only read it. */
export function Tokens() {
  const { t } = useTranslation();
  const { data: tokens, error, refetch } = useOwnTokens();
  return (
    <Card title={t("tokens.title")}>
      <p className="dim">{t("tokens.help")}</p>
      {error && <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />}
      {tokens === undefined && !error && <Skeleton height={40} className="late" />}
      <ul className={classes.list}>
        {tokens?.map((token) => (
          <Token key={token.id} token={token} />
        ))}
      </ul>
      <NewToken />
    </Card>
  );
}

function Token({ token }: { token: ApiToken }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const remove = useDeleteToken();
  const { id, name, scope, expires_at, last_used_at } = token;
  return (
    <li>
      <span className={classes.what}>
        <span className="ellipsis">{name}</span>
        <span className="dim">
          {t(scope === "write" ? "tokens.write" : "tokens.read")} · {t("tokens.expires")} <Ago at={expires_at} /> ·{" "}
          {last_used_at ? (
            <>
              {t("tokens.used")} <Ago at={last_used_at} />
            </>
          ) : (
            t("tokens.unused")
          )}
        </span>
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("tokens.delete", { name })}
        title={t("tokens.delete", { name })}
        loading={remove.isPending}
        onClick={() =>
          remove.mutate(id, { onSuccess: () => toasts.done(t("tokens.deleted", { name })), onError: toasts.failed })
        }
      >
        <IconTrash size={16} />
      </ActionIcon>
    </li>
  );
}

function NewToken() {
  const { t } = useTranslation();
  const create = useCreateToken();
  const [days, setDays] = useState("90");
  const [scope, setScope] = useState<"read" | "write">("read");

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("token-name")).trim();
    create.mutate({ name, scope, expires_in_days: Number(days) }, { onSuccess: () => form.reset() });
  }

  return (
    <>
      <form className={classes.newToken} onSubmit={onSubmit}>
        <TextInput name="token-name" size="xs" label={t("tokens.name")} required withAsterisk={false} maxLength={63} />
        <NativeSelect
          name="token-scope"
          size="xs"
          label={t("tokens.scope")}
          data={[
            { value: "read", label: t("tokens.read") },
            { value: "write", label: t("tokens.write") },
          ]}
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value === "write" ? "write" : "read")}
        />
        <NativeSelect
          name="token-days"
          size="xs"
          label={t("tokens.validFor")}
          data={DAYS.map((count) => ({ value: String(count), label: t("tokens.days", { count, n: String(count) }) }))}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" loading={create.isPending}>
          {t("tokens.create")}
        </Button>
      </form>
      {create.error && <ErrorPanel error={create.error} variant="line" />}
      {create.data && (
        <div role="status">
          <p>{t("tokens.once")}</p>
          <SecretOnce value={create.data.value} />
        </div>
      )}
    </>
  );
}
