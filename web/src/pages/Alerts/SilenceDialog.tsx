import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Alert, useAlerts, useCreateSilence, useExpireSilence } from "../../api/alerts";
import { useIsAdmin } from "../../api/session";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SilenceLength } from "../../components/SilenceLength";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { endOf, isMatched, type Length, matchersFor, offeredLabels } from "../../lib/silences";
import classes from "./AlertsPage.module.css";

/** Filled in from the alert: how much of it, how long, why. */
export default function SilenceDialog({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const toasts = useToasts();
  const isAdmin = useIsAdmin();
  const create = useCreateSilence();
  const expire = useExpireSilence();
  const alerts = useAlerts().data ?? [];
  const offered = offeredLabels(alert);
  const [names, setNames] = useState(offered);
  const [length, setLength] = useState<Length>("1h");
  const [comment, setComment] = useState("");
  const matchers = matchersFor(alert, names);
  const count = alerts.filter((each) => isMatched(each, matchers)).length;

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    create.mutate(
      { matchers, comment: comment.trim(), ends_at: endOf(length, new Date()).toISOString() },
      {
        onSuccess: ({ id }) => {
          toasts.done(t("silences.created"), () => expire.mutate(id));
          onClose();
        },
      },
    );
  }

  return (
    <Dialog onClose={onClose} title={t("silences.new")}>
      <form className={classes.dialog} onSubmit={onSubmit}>
        <fieldset className={classes.choices}>
          <legend>{t("silences.covers")}</legend>
          {offered.map((name) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={names.includes(name)}
                // A manager may silence nothing beyond the own sources: the server insists on the name of one.
                disabled={name === "source" && !isAdmin}
                onChange={(event) =>
                  setNames(
                    offered.filter((each) => (each === name ? event.currentTarget.checked : names.includes(each))),
                  )
                }
              />
              <span className="dim">{t(`alerts.label.${name as "site"}`)}</span> <span>{alert.labels[name]}</span>
            </label>
          ))}
        </fieldset>
        <p className="num" role="status">
          {t("silences.matches", { count, n: format.number(count) })}
        </p>
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
        {create.error && <ErrorPanel error={create.error} variant="line" />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={names.length === 0 || comment.trim() === ""}>
            {t("alerts.silence")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
