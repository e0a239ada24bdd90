import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../api/client";
import { useLogin } from "../api/session";
import { useProvider } from "../api/single_sign_on";
import { IconAlertTriangle } from "./icons";
import classes from "./LoginForm.module.css";
import { lazyPart } from "./parts";

const SingleSignOn = lazyPart(() => import("./SingleSignOn"), "more");

/** `username` is fixed when somebody signs in again over their own page. */
export function LoginForm({ username }: { username?: string | undefined }) {
  const { t } = useTranslation();
  const login = useLogin();
  const provider = useProvider().data;
  const [isCapsLock, setCapsLock] = useState(false);
  const [asksForCode, setAsksForCode] = useState(false);
  const reason = useReason(login.error, asksForCode);

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    login.mutate(
      {
        username: String(form.get("username")).trim(),
        password: String(form.get("password")),
        code: form.get("code")?.toString().trim(),
      },
      {
        onError: (error) => {
          if (needsCode(error)) setAsksForCode(true);
        },
      },
    );
  }

  function onKey(event: KeyboardEvent): void {
    setCapsLock(event.getModifierState("CapsLock"));
  }

  return (
    <form className={classes.form} onSubmit={onSubmit} onKeyUp={onKey}>
      <TextInput
        name="username"
        label={t("login.username")}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={username}
        required
        withAsterisk={false}
        data-autofocus={username ? undefined : true}
        autoFocus={!username}
      />
      <PasswordInput
        name="password"
        label={t("login.password")}
        autoComplete="current-password"
        required
        withAsterisk={false}
        description={isCapsLock ? t("login.capsLock") : undefined}
        data-autofocus={username ? true : undefined}
        autoFocus={Boolean(username)}
      />
      {asksForCode && (
        <TextInput
          name="code"
          label={t("login.code")}
          description={t("login.codeHelp")}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
        />
      )}
      {reason && (
        <p className={classes.reason} role="alert">
          <IconAlertTriangle size={17} aria-hidden /> <span>{reason}</span>
        </p>
      )}
      <Button type="submit" loading={login.isPending} fullWidth size="md">
        {t("login.submit")}
      </Button>
      <Suspense>{provider && <SingleSignOn name={provider.name} />}</Suspense>
    </form>
  );
}

function needsCode(error: Error | null): boolean {
  return isApiError(error) && error.kind === "second-factor-required";
}

function useReason(error: Error | null, asksForCode: boolean): string | null {
  const { t } = useTranslation();
  const wait = useCountdown(isApiError(error) ? error : null);
  if (error === null || needsCode(error)) return null;
  if (!isApiError(error)) return t("login.other", { detail: error.message });
  if (error.status === 0) return t("login.noAnswer");
  if (error.kind === "wrong-credentials" || error.status === 401) {
    return t(asksForCode ? "login.wrongCode" : "login.wrong");
  }
  if (error.status === 429) return t("login.tooMany", { count: wait });
  if (error.status >= 502) return t("login.unavailable");
  return t("login.other", { detail: error.detail || error.title });
}

function useCountdown(error: { retryAfterSeconds: number | null } | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    setLeft(error?.retryAfterSeconds ?? 0);
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}
