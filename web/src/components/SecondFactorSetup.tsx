import { Button, PasswordInput, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useBeginSecondFactor, useConfirmSecondFactor } from "../api/own_access";
import { ErrorPanel } from "./ErrorPanel";
import classes from "./LoginForm.module.css";
import { QrCode } from "./QrCode";
import { SecretOnce } from "./SecretOnce";

/** Three steps: the password, the first code of the app, the recovery codes. */
export function SecondFactorSetup({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const begin = useBeginSecondFactor();
  const confirm = useConfirmSecondFactor();

  function onPassword(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    begin.mutate(String(new FormData(event.currentTarget).get("current")));
  }

  function onCode(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    confirm.mutate(String(new FormData(event.currentTarget).get("first-code")).trim());
  }

  if (confirm.data !== undefined) {
    return (
      <div className={classes.form} role="status">
        <p>{t("secondFactor.recovery")}</p>
        <SecretOnce value={confirm.data.join(" ")} />
        <Button onClick={onDone}>{t("secondFactor.kept")}</Button>
      </div>
    );
  }
  if (begin.data !== undefined) {
    return (
      <form className={classes.form} onSubmit={onCode}>
        <p>{t("secondFactor.scan")}</p>
        <QrCode code={begin.data.qr_code} label={t("secondFactor.qrCode")} />
        <SecretOnce value={begin.data.secret} />
        <a href={begin.data.uri}>{t("secondFactor.open")}</a>
        <TextInput
          name="first-code"
          label={t("login.code")}
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
        />
        {confirm.error && <ErrorPanel error={confirm.error} variant="line" />}
        <Button type="submit" loading={confirm.isPending}>
          {t("secondFactor.confirm")}
        </Button>
      </form>
    );
  }
  return (
    <form className={classes.form} onSubmit={onPassword}>
      <PasswordInput
        name="current"
        label={t("password.current")}
        autoComplete="current-password"
        required
        withAsterisk={false}
      />
      {begin.error && <ErrorPanel error={begin.error} variant="line" />}
      <Button type="submit" loading={begin.isPending}>
        {t("secondFactor.begin")}
      </Button>
    </form>
  );
}
