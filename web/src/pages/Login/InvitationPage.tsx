import { Button, PasswordInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAcceptInvitation } from "../../api/invitations";
import { ErrorPanel } from "../../components/ErrorPanel";
import classes from "../../components/LoginForm.module.css";
import { EntryFrame } from "./EntryFrame";

/** The link of an invitation leads here, its secret behind `#`: a password is chosen, and one is in. */
export default function InvitationPage() {
  const { t } = useTranslation();
  const accept = useAcceptInvitation();

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("new"));
    const token = window.location.hash.slice(1);
    // Nothing of this address stays in the history, and the page begins anew with the session of the cookie.
    accept.mutate({ token, password }, { onSuccess: () => window.location.replace("/") });
  }

  return (
    <EntryFrame title={t("invitation.title")} text={t("invitation.text")}>
      <form className={classes.form} onSubmit={onSubmit}>
        <PasswordInput
          name="new"
          label={t("password.new")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          description={t("password.help")}
          autoFocus
        />
        {accept.error && <ErrorPanel error={accept.error} variant="line" />}
        <Button type="submit" loading={accept.isPending}>
          {t("invitation.accept")}
        </Button>
      </form>
    </EntryFrame>
  );
}
