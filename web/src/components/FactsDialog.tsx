import { ActionIcon, Button, Skeleton, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChosenDevices } from "../api/chosen_devices";
import { isApiError } from "../api/client";
import { useKnownFacts, useRestoreFacts, useSetFacts } from "../api/facts";
import { useFormat } from "../i18n/format";
import { changesOf, FACT_FIELDS, type FactField, type FactTexts, faultsByField, textsOf } from "../lib/facts";
import { Dialog } from "./Dialog";
import { ErrorPanel } from "./ErrorPanel";
import classes from "./FactsDialog.module.css";
import { IconX } from "./icons";
import { useToasts } from "./toasts";

interface FactsDialogProps {
  chosen: ChosenDevices;
  /** How many they are. */
  count: number;
  /** Offered while somebody types, so that one site has one spelling. */
  known?: Partial<Record<FactField, string[]>>;
  onClose: () => void;
}

/** What people know of devices: of one what is known stands there, of many only what is changed is said. */
export default function FactsDialog({ chosen, count, known = {}, onClose }: FactsDialogProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const only = chosen.kind === "devices" && chosen.devices.length === 1 ? (chosen.devices[0] ?? null) : null;
  const facts = useKnownFacts(only);
  return (
    <Dialog
      onClose={onClose}
      size={560}
      title={only ? t("facts.titleOne") : t("facts.title", { count, n: number(count) })}
    >
      {facts.data ? (
        <FactsForm chosen={chosen} count={count} offered={known} before={textsOf(facts.data)} onClose={onClose} />
      ) : facts.error ? (
        <ErrorPanel error={facts.error} onRetry={() => void facts.refetch()} />
      ) : (
        <Skeleton height={420} className="late" />
      )}
    </Dialog>
  );
}

interface FactsFormProps {
  chosen: ChosenDevices;
  count: number;
  offered: Partial<Record<FactField, string[]>>;
  before: FactTexts;
  onClose: () => void;
}

function FactsForm({ chosen, count, offered, before, onClose }: FactsFormProps) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const [texts, setTexts] = useState<FactTexts>(before);
  const { save, error, isPending } = useSave(onClose);
  const changes = changesOf(before, texts);
  const { fields: faults, other } = faultsByField(isApiError(error) ? error.errors : []);
  const named = (isTaken: boolean): string =>
    FACT_FIELDS.filter((field) => field in changes && (changes[field] === null) === isTaken)
      .map((field) => t(`facts.field.${field}`))
      .join(", ");

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    save(chosen, changes);
  }

  return (
    <form className={classes.form} onSubmit={onSubmit} noValidate>
      {FACT_FIELDS.filter((field) => count === 1 || field !== "replaces").map((field) => (
        <FactInput
          key={field}
          field={field}
          text={texts[field]}
          isOfMany={count > 1}
          fault={faults[field]}
          offered={offered[field]}
          onChange={(text) => setTexts((now) => ({ ...now, [field]: text }))}
        />
      ))}
      {error !== null && Object.keys(faults).length === 0 && <ErrorPanel error={error} variant="line" />}
      {other.slice(0, 5).map(({ field, message }) => (
        <p key={field} className={classes.fault}>
          {field}: {message}
        </p>
      ))}
      <p className="dim" role="status">
        {[
          named(false) && t("facts.sets", { what: named(false) }),
          named(true) && t("facts.empties", { what: named(true) }),
          Object.keys(changes).length > 0 && count > 1 && t("devices.count", { count, n: number(count) }),
        ]
          .filter(Boolean)
          .join(" · ") || t("facts.nothing")}
      </p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={isPending} disabled={Object.keys(changes).length === 0}>
          {t("common.save")}
        </Button>
      </div>
    </form>
  );
}

const HELPED = ["time_zone", "opening_hours", "replaces"] as const;

function isHelped(field: FactField): field is (typeof HELPED)[number] {
  return (HELPED as readonly FactField[]).includes(field);
}

interface FactInputProps {
  field: FactField;
  /** Null: taken away. */
  text: string | null | undefined;
  isOfMany: boolean;
  fault: string | undefined;
  offered: string[] | undefined;
  onChange: (text: string | null | undefined) => void;
}

function FactInput({ field, text, isOfMany, fault, offered, onChange }: FactInputProps) {
  const { t } = useTranslation();
  const label = t(`facts.field.${field}`);
  const isTaken = text === null;
  const shared = {
    name: field,
    label,
    error: fault,
    value: text ?? "",
    placeholder: isOfMany ? t(isTaken ? "facts.willBeEmpty" : "facts.stays") : undefined,
    autoComplete: "off",
  };
  if (field === "note") {
    return <Textarea {...shared} rows={2} maxLength={2000} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  const listId = offered?.length ? `known-${field}` : undefined;
  return (
    <div data-field={field} data-taken={isTaken || undefined}>
      <TextInput
        {...shared}
        list={listId}
        maxLength={field === "tags" ? 1000 : 200}
        inputMode={field === "latitude" || field === "longitude" ? "decimal" : undefined}
        description={isHelped(field) ? t(`facts.help.${field}`) : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
        rightSection={
          isOfMany && (
            <ActionIcon
              size="sm"
              variant={isTaken ? "filled" : "subtle"}
              color="gray"
              aria-pressed={isTaken}
              aria-label={t("facts.empty", { what: label })}
              title={t("facts.empty", { what: label })}
              onClick={() => onChange(isTaken ? undefined : null)}
            >
              <IconX size={14} />
            </ActionIcon>
          )
        }
      />
      {listId && (
        <datalist id={listId}>
          {offered?.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </div>
  );
}

function useSave(onClose: () => void) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const toasts = useToasts();
  const set = useSetFacts();
  const restore = useRestoreFacts();
  const save = (chosen: ChosenDevices, changes: ReturnType<typeof changesOf>): void =>
    set.mutate(
      { chosen, changes },
      {
        onSuccess: ({ before }) => {
          const count = before.length;
          if (count === 0) toasts.done(t("facts.unchanged"));
          else {
            toasts.done(t("facts.saved", { count, n: number(count) }), () => {
              void restore.mutateAsync({ before, changes }).catch(toasts.failed);
            });
          }
          onClose();
        },
      },
    );
  return { save, error: set.error, isPending: set.isPending };
}
