import { Button, NativeSelect, PasswordInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useDeferredValue, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import {
  type Faults,
  type Field,
  type FieldValue,
  type FormValues,
  isSecretSet,
  type LineFault,
  readEntries,
  secretSetAt,
} from "../lib/schema_form";
import { DeviceNotes, type DevicePreview } from "./DeviceNotes";
import classes from "./SchemaForm.module.css";

interface SchemaFormProps {
  fields: readonly Field[];
  values: FormValues;
  faults: Faults;
  /** As the server has it, with secrets masked; null for a new source. */
  config: Record<string, unknown> | null;
  /** Of the list of devices, if there is one. */
  preview?: DevicePreview | undefined;
  onChange: (name: string, value: FieldValue) => void;
}

/** The fields of a flat JSON Schema, each by its kind. */
export function SchemaForm({ fields, values, faults, config, preview, onChange }: SchemaFormProps) {
  return fields.map((field) => (
    <OneField
      key={field.name}
      field={field}
      value={values[field.name]}
      fault={faults.fields[field.name]}
      lineFaults={faults.lines[field.name]}
      config={config}
      preview={preview}
      onChange={(value) => onChange(field.name, value)}
    />
  ));
}

interface OneFieldProps {
  field: Field;
  value: FieldValue;
  fault: string | undefined;
  lineFaults: LineFault[] | undefined;
  config: Record<string, unknown> | null;
  preview: DevicePreview | undefined;
  onChange: (value: FieldValue) => void;
}

function OneField(props: OneFieldProps) {
  const { t } = useTranslation();
  const { field, value, fault, onChange } = props;
  const shared = {
    name: field.name,
    label: field.isRequired ? field.title : `${field.title} (${t("source.optional")})`,
    description: field.description,
    error: fault,
  };
  const text = typeof value === "string" ? value : "";
  switch (field.kind) {
    case "secret":
      return <SecretField {...props} shared={shared} />;
    case "lines":
      return <LinesField {...props} shared={shared} text={text} />;
    case "boolean":
      return (
        <Switch
          {...shared}
          label={field.title}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <NativeSelect
          {...shared}
          data={[{ value: "", label: t("source.choose") }, ...field.choices]}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "number":
      return (
        <TextInput
          {...shared}
          classNames={{ wrapper: classes.number ?? "" }}
          inputMode={field.isWholeNumber ? "numeric" : "decimal"}
          autoComplete="off"
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "text":
      return (
        <TextInput
          {...shared}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

interface Shared {
  name: string;
  label: string;
  description: string | null;
  error: string | undefined;
}

/** Write-only: what is set can be replaced but never read, and stays as it is unless something is typed. */
function SecretField({ field, value, config, shared, onChange }: OneFieldProps & { shared: Shared }) {
  const { t } = useTranslation();
  const { instant } = useFormat();
  const isSet = isSecretSet(config, field.name);
  const setAt = secretSetAt(config, field.name);
  const isReplacing = !isSet || value !== undefined;
  return (
    <div className={classes.secret}>
      <PasswordInput
        {...shared}
        autoComplete="new-password"
        spellCheck={false}
        disabled={!isReplacing}
        placeholder={isSet ? t("source.secretPlaceholder") : undefined}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {isSet && (
        <p className={classes.secretState}>
          <span className="dim">{setAt ? t("source.secretSet", { when: instant(setAt) }) : ""}</span>
          <Button size="compact-xs" variant="subtle" onClick={() => onChange(isReplacing ? undefined : "")}>
            {isReplacing ? t("source.secretKeep") : t("source.secretReplace")}
          </Button>
        </p>
      )}
    </div>
  );
}

/** Beyond this many lines nobody reads on; mending the first ones and saving again shows the next. */
const SHOWN_FAULTS = 20;

function LinesField(props: OneFieldProps & { shared: Shared; text: string }) {
  const { field, shared, text, lineFaults, preview, onChange } = props;
  const { t } = useTranslation();
  const { number } = useFormat();
  const inputRef = useRef<HTMLTextAreaElement>(null);
  const count = readEntries(useDeferredValue(text)).length;
  const [rows] = useState(() => Math.min(14, Math.max(field.isRequired ? 8 : 2, text.split("\n").length + 1)));
  const faults = lineFaults ?? [];
  return (
    <div>
      <Textarea
        {...shared}
        ref={inputRef}
        error={shared.error ?? faults.length > 0}
        rows={rows}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.lines ?? "" }}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <p className={`dim num ${classes.count}`}>
        {t("source.lines", { count, n: number(count) })} · {t("source.linesHelp")}
      </p>
      {field.isDevices && <DeviceNotes text={text} preview={preview} onChange={onChange} />}
      {faults.length > 0 && (
        <div role="alert">
          <ul className={classes.faults}>
            {faults.slice(0, SHOWN_FAULTS).map(({ line, text: entry, message }) => (
              <li key={`${line} ${entry}`}>
                <button type="button" onClick={() => selectLine(inputRef.current, line)}>
                  {t("lines.at", { line })}
                </button>
                {entry !== "" && <code className="mono">{entry}</code>} <span>{message}</span>
              </li>
            ))}
            {faults.length > SHOWN_FAULTS && (
              <li>
                {t("lines.more", {
                  count: faults.length - SHOWN_FAULTS,
                  n: number(faults.length - SHOWN_FAULTS),
                })}
              </li>
            )}
          </ul>
        </div>
      )}
    </div>
  );
}

function selectLine(input: HTMLTextAreaElement | null, line: number): void {
  if (input === null) return;
  const before = input.value.split("\n").slice(0, line - 1);
  const start = before.reduce((total, each) => total + each.length + 1, 0);
  const end = input.value.indexOf("\n", start);
  input.focus();
  input.setSelectionRange(start, end === -1 ? input.value.length : end);
  input.scrollTop = (line - 3) * (input.scrollHeight / Math.max(1, input.value.split("\n").length));
}
