import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../../api/client";
import type { Source, Trial } from "../../api/sources";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconPlug } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { SchemaForm } from "../../components/SchemaForm";
import { useFormat } from "../../i18n/format";
import { type FormValues, initialValues, placeFaults, readFields, toConfig } from "../../lib/schema_form";
import { useDevicePreview } from "./device_preview";
import classes from "./SourceForm.module.css";
import { TrialResult } from "./TrialResult";

export interface SourceDraft {
  name: string;
  config: ReturnType<typeof toConfig>;
}

interface SourceFormProps {
  schema: unknown;
  /** The source as it is; null for a new one. */
  present: { name: string; config: Record<string, unknown> } | null;
  error: Error | null;
  isSaving: boolean;
  trial: { data: Trial | undefined; error: Error | null; isPending: boolean };
  onSave: (draft: SourceDraft) => void;
  /** The registry's check of these settings; stores nothing and asks no vendor. */
  dryRun: (draft: SourceDraft) => Promise<Source>;
  /** Asks the vendor with these settings and stores nothing. */
  onTry: (draft: SourceDraft) => void;
}

/** The form of a source, new or present; its fields come from the exporter type's schema. */
export function SourceForm(props: SourceFormProps) {
  const { schema, present, error: saveError, isSaving, trial, onSave, dryRun, onTry } = props;
  const { t, i18n } = useTranslation();
  const { number } = useFormat();
  const fields = useMemo(() => readFields(schema, i18n.language), [schema, i18n.language]);
  const [name, setName] = useState(present?.name ?? "");
  const [values, setValues] = useState<FormValues>(() => initialValues(fields, present?.config ?? null));
  // Line numbers are those of the text that was sent, whatever has been typed since.
  const [sentValues, setSentValues] = useState(values);
  const [last, setLast] = useState<"save" | "try">("save");
  const error = last === "save" ? saveError : trial.error;
  const draft = { name: name.trim(), config: toConfig(fields, values) };
  const preview = useDevicePreview({ fields, values, draft, dryRun });
  const faults = placeFaults(fields, sentValues, isApiError(error) ? error.errors : []);
  const early = placeFaults(fields, preview.values, isApiError(preview.error) ? preview.error.errors : []);
  const faultCount = isApiError(error) ? error.errors.length : 0;

  function send(what: "save" | "try"): void {
    setLast(what);
    setSentValues(values);
    if (what === "save") onSave(draft);
    else onTry(draft);
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    send("save");
  }

  return (
    <form className={`card ${classes.form}`} onSubmit={onSubmit} noValidate>
      {present === null && (
        <TextInput
          name="name"
          label={t("source.name")}
          description={t("source.nameHelp")}
          error={faults.fields.name}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <SchemaForm
        fields={fields}
        values={values}
        // Before anything was sent, bad lines are told as they come; what is still empty is no fault yet.
        faults={error === null ? { ...faults, lines: early.lines } : faults}
        config={present?.config ?? null}
        preview={preview.data}
        onChange={(field, value) => setValues((before) => ({ ...before, [field]: value }))}
      />
      {error !== null && faultCount === 0 && <ErrorPanel error={error} variant="line" />}
      {faultCount > 0 && (
        <p className={classes.summary} role="alert">
          {t("source.fieldErrors", { count: faultCount, n: number(faultCount) })}
        </p>
      )}
      {faults.other.map((fault) => (
        <p key={fault.field} className={classes.summary}>
          <code className="mono">{fault.field}</code>: {fault.message}
        </p>
      ))}
      {last === "try" && trial.data && !trial.isPending && <TrialResult trial={trial.data} />}
      <footer className={classes.actions}>
        <Button type="submit" loading={isSaving}>
          {present === null ? t("source.create") : t("common.save")}
        </Button>
        <Button
          variant="default"
          loading={trial.isPending}
          leftSection={<IconPlug size={16} />}
          onClick={() => send("try")}
        >
          {t("trial.act")}
        </Button>
        <LinkButton to="/exporters" variant="subtle" color="gray">
          {t("source.cancel")}
        </LinkButton>
      </footer>
    </form>
  );
}
