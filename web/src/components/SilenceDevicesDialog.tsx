import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useExpireSilence, useSilenceDevices } from "../api/alerts";
import type { ChosenDevices } from "../api/chosen_devices";
import { useFormat } from "../i18n/format";
import { endOf, type Length, MOST_SILENCES } from "../lib/silences";
import { Dialog } from "./Dialog";
import { ErrorPanel } from "./ErrorPanel";
import classes from "./FactsDialog.module.css";
import { SilenceLength } from "./SilenceLength";
import { useToasts } from "./toasts";

interface SilenceDevicesDialogProps {
  chosen: ChosenDevices;
  count: number;
  onClose: () => void;
}

/** Alerts about these devices are kept from calling anybody for a while. */
export default function SilenceDevicesDialog({ chosen, count, onClose }: SilenceDevicesDialogProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const toasts = useToasts();
  const create = useSilenceDevices();
  const expire = useExpireSilence();
  const [length, setLength] = useState<Length>("4h");
  const [comment, setComment] = useState("");

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    create.mutate(
      { chosen, comment: comment.trim(), ends_at: endOf(length, new Date()).toISOString() },
      {
        onSuccess: (ids) => {
          if (ids === null) return;
          toasts.done(t("silences.created"), () => {
            for (const id of ids) expire.mutate(id);
          });
          onClose();
        },
      },
    );
  }

  return (
    <Dialog onClose={onClose} title={t("silences.new")}>
      <form className={classes.form} onSubmit={onSubmit}>
        <p className="num">{t("silences.ofDevices", { count, n: number(count) })}</p>
        <p className="dim">{t("silences.ofDevicesHelp")}</p>
        <SilenceLength length={length} onChange={setLength} />
        <TextInput
          name="comment"
          label={t("silences.why")}
          required
          withAsterisk={false}
          maxLength={500}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          data-autofocus
        />
        {create.data === null && (
          <p className={classes.fault} role="alert">
            {t("silences.tooMany", { most: number(MOST_SILENCES) })}
          </p>
        )}
        {create.error && <ErrorPanel error={create.error} variant="line" />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={comment.trim() === ""}>
            {t("alerts.silence")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
