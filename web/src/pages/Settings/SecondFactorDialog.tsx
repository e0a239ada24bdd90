import { Button, PasswordInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useRemoveSecondFactor } from "../../api/own_access";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import classes from "../../components/LoginForm.module.css";
import { SecondFactorSetup } from "../../components/SecondFactorSetup";
import { useToasts } from "../../components/toasts";

interface SecondFactorDialogProps {
  /** Stays what it was when the dialog opened: after the set-up the recovery codes are still to be read. */
  act: "setUp" | "remove";
  onClose: () => void;
}

export default function SecondFactorDialog({ act, onClose }: SecondFactorDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog onClose={onClose} title={t("secondFactor.title")}>
      {act === "remove" ? <Removal onDone={onClose} /> : <SecondFactorSetup onDone={onClose} />}
    </Dialog>
  );
}

function Removal({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const remove = useRemoveSecondFactor();

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    remove.mutate(String(new FormData(event.currentTarget).get("current")), {
      onSuccess: () => {
        toasts.done(t("secondFactor.removed"));
        onDone();
      },
    });
  }

  return (
    <form className={classes.form} onSubmit={onSubmit}>
      <PasswordInput
        name="current"
        label={t("password.current")}
        autoComplete="current-password"
        required
        withAsterisk={false}
      />
      {remove.error && <ErrorPanel error={remove.error} variant="line" />}
      <Button type="submit" color="red" loading={remove.isPending}>
        {t("secondFactor.remove")}
      </Button>
    </form>
  );
}
