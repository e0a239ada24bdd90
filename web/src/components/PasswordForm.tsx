import { Button, PasswordInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useChangePassword } from "../api/session";
import { ErrorPanel } from "./ErrorPanel";
import classes from "./LoginForm.module.css";
import { useToasts } from "./toasts";

export function PasswordForm({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation();
  const change = useChangePassword();
  const toasts = useToasts();

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    change.mutate(
      { current_password: String(form.get("current")), new_password: String(form.get("new")) },
      {
        onSuccess: () => {
          toasts.done(t("password.changed"));
          onDone?.();
        },
      },
    );
  }

  return (
    <form className={classes.form} onSubmit={onSubmit}>
      <PasswordInput
        name="current"
        label={t("password.current")}
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus
      />
      <PasswordInput
        name="new"
        label={t("password.new")}
        autoComplete="new-password"
        required
        withAsterisk={false}
        description={t("password.help")}
      />
      {change.error && <ErrorPanel error={change.error} variant="line" />}
      <Button type="submit" loading={change.isPending}>
        {t("password.submit")}
      </Button>
    </form>
  );
}
