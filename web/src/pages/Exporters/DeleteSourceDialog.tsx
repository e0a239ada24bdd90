import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Source, useDeleteSource } from "../../api/sources";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import classes from "./ExportersPage.module.css";

interface DeleteSourceDialogProps {
  source: Source;
  onClose: () => void;
}

/** Cannot be undone, so the name must be typed. */
export default function DeleteSourceDialog({ source, onClose }: DeleteSourceDialogProps) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const remove = useDeleteSource(source.exporter);
  const [typed, setTyped] = useState("");
  const { name } = source;

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    remove.mutate(source, {
      onSuccess: () => {
        toasts.done(t("exporters.deleted", { name }));
        onClose();
      },
    });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={t("exporters.deleteSource", { name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={onSubmit} className={classes.dialog}>
        <p>{t("exporters.deleteText")}</p>
        <TextInput
          label={t("exporters.deleteType", { name })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {remove.error && <ErrorPanel error={remove.error} variant="line" />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("exporters.cancel")}
          </Button>
          <Button type="submit" color="red" disabled={typed !== name} loading={remove.isPending}>
            {t("exporters.deleteConfirm")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
