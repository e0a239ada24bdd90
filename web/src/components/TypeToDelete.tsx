import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./Dialog";
import { ErrorPanel } from "./ErrorPanel";
import classes from "./TypeToDelete.module.css";

interface TypeToDeleteProps {
  name: string;
  title: string;
  text: string;
  act: string;
  error: Error | null;
  isPending: boolean;
  onClose: () => void;
  onDelete: () => void;
}

/** What cannot be undone asks for the name to be typed. */
export function TypeToDelete({ name, title, text, act, error, isPending, onClose, onDelete }: TypeToDeleteProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    onDelete();
  }

  return (
    <Dialog onClose={onClose} title={title}>
      <form onSubmit={onSubmit} className={classes.dialog}>
        <p>{text}</p>
        <TextInput
          label={t("exporters.deleteType", { name })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {error && <ErrorPanel error={error} variant="line" />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" color="red" disabled={typed !== name} loading={isPending}>
            {act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
