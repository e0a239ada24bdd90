import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/session";
import { type NewWork, useRestoreWork, useSetWork, type Work, WorkKind, type WorkTarget } from "../api/work";
import { useFormat } from "../i18n/format";
import { dayOf, daysFrom, returnOf } from "../lib/work";
import { Dialog } from "./Dialog";
import { ErrorPanel } from "./ErrorPanel";
import { useToasts } from "./toasts";
import classes from "./WorkDialog.module.css";

interface WorkDialogProps {
  target: WorkTarget;
  /** Devices that it is about. */
  count?: number;
  /** The site of the one device, which may be taken care of as a whole. */
  site?: string | null | undefined;
  known?: Work | null | undefined;
  onClose: () => void;
}

const KINDS = Object.values(WorkKind);
const SOON_DAYS = [1, 7, 30] as const;

/** Who takes care of what is dark, and until when it is counted apart. */
export default function WorkDialog({ target, count = 1, site, known, onClose }: WorkDialogProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const me = useMe();
  const [kind, setKind] = useState<WorkKind>(known?.kind ?? WorkKind.in_repair);
  const [owner, setOwner] = useState(known?.owner ?? me?.username ?? "");
  const [note, setNote] = useState(known?.note ?? "");
  const [ticket, setTicket] = useState(known?.ticket ?? "");
  const [day, setDay] = useState(known?.until ? dayOf(new Date(known.until)) : "");
  const [isWhole, setWhole] = useState(false);
  const { save, error, isPending } = useSave(onClose);
  const today = new Date();

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const said = { owner: owner.trim() || null, note: note.trim() || null, ticket: ticket.trim() || null };
    save(isWhole && site ? { kind: "site", site } : target, { kind, ...said, until: returnOf(day) });
  }

  return (
    <Dialog onClose={onClose} title={t("workDialog.title")}>
      <form className={classes.dialog} onSubmit={onSubmit}>
        {target.kind !== "site" && count !== 1 && (
          <p className="num">{t("devices.count", { count, n: number(count) })}</p>
        )}
        <fieldset className={classes.choices}>
          <legend>{t("workDialog.state")}</legend>
          {KINDS.map((each) => (
            <button key={each} type="button" aria-pressed={each === kind} onClick={() => setKind(each)}>
              {t(`work.kind.${each}`)}
            </button>
          ))}
        </fieldset>
        {site && (
          <label className={classes.whole}>
            <input type="checkbox" checked={isWhole} onChange={(event) => setWhole(event.currentTarget.checked)} />
            {t("workDialog.wholeSite", { site })}
          </label>
        )}
        <TextInput
          label={t("workDialog.owner")}
          value={owner}
          maxLength={200}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <TextInput
          label={t("workDialog.note")}
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          type="url"
          label={t("workDialog.ticket")}
          placeholder="https://"
          pattern="https?://.+"
          value={ticket}
          maxLength={500}
          onChange={(event) => setTicket(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t("workDialog.returns")}
          description={t("workDialog.returnsHelp")}
          value={day}
          min={daysFrom(today, 1)}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <div className={classes.choices}>
          {SOON_DAYS.map((days) => (
            <button
              key={days}
              type="button"
              aria-pressed={day === daysFrom(today, days)}
              onClick={() => setDay(daysFrom(today, days))}
            >
              {t("workDialog.inDays", { count: days })}
            </button>
          ))}
        </div>
        {error && <ErrorPanel error={error} variant="line" />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={isPending}>
            {t("workDialog.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useSave(onClose: () => void) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const toasts = useToasts();
  const set = useSetWork();
  const restore = useRestoreWork();
  const save = (target: WorkTarget, work: NewWork): void =>
    set.mutate(
      { target, work },
      {
        onSuccess: ({ before }) => {
          const count = before.length;
          toasts.done(t("workDialog.saved", { count, n: number(count) }), () => {
            void restore.mutateAsync(before).catch(toasts.failed);
          });
          onClose();
        },
      },
    );
  return { save, error: set.error, isPending: set.isPending };
}
