import { Button } from "@mantine/core";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { fileEntries, repeatedEntries, withEntries, withoutRepeated } from "../lib/device_entries";
import { IconUpload } from "./icons";
import classes from "./SchemaForm.module.css";

/** What the server says of a list that is not saved yet. */
export interface DevicePreview {
  cycleSeconds: number;
  /** Devices that another source has too; there may be more than are named here. */
  shared: readonly { device_id: string; source: string }[];
}

interface DeviceNotesProps {
  text: string;
  preview: DevicePreview | undefined;
  onChange: (text: string) => void;
}

const NAMED = 8;

/** Below a list of devices: more of them from a file, what is there twice or elsewhere, how long asking them takes. */
export function DeviceNotes({ text, preview, onChange }: DeviceNotesProps) {
  const { t } = useTranslation();
  const { number, duration } = useFormat();
  const repeated = useMemo(() => repeatedEntries(text), [text]);
  const shared = preview?.shared ?? [];
  return (
    <div className={classes.notes}>
      <FromFile onRead={(entries) => onChange(withEntries(text, entries))} />
      {repeated.length > 0 && (
        <p>
          {t("devicesField.repeated", {
            count: repeated.length,
            n: number(repeated.length),
            lines: listed(repeated.map(({ line }) => String(line))),
          })}{" "}
          <Button size="compact-xs" variant="light" onClick={() => onChange(withoutRepeated(text))}>
            {t("devicesField.dropRepeated")}
          </Button>
        </p>
      )}
      {shared.length > 0 && (
        <div role="status">
          <p>{t("devicesField.shared")}</p>
          <ul>
            {shared.slice(0, NAMED).map(({ device_id, source }) => (
              <li key={device_id}>
                <code className="mono">{device_id}</code> {t("devicesField.inSource", { source })}
              </li>
            ))}
            {shared.length > NAMED && (
              <li>{t("lines.more", { count: shared.length - NAMED, n: number(shared.length - NAMED) })}</li>
            )}
          </ul>
        </div>
      )}
      {preview && <p className="num">{t("devicesField.cycle", { duration: duration(preview.cycleSeconds) })}</p>}
    </div>
  );
}

function listed(lines: readonly string[]): string {
  return lines.length > NAMED ? `${lines.slice(0, NAMED).join(", ")}…` : lines.join(", ");
}

function FromFile({ onRead }: { onRead: (entries: string[]) => void }) {
  const { t } = useTranslation();
  const inputRef = useRef<HTMLInputElement>(null);
  return (
    <div>
      <input
        ref={inputRef}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        aria-label={t("devicesField.fromFile")}
        hidden
        onChange={async ({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) onRead(fileEntries(await file.text()));
          currentTarget.value = ""; // the same file, mended, can be chosen again
        }}
      />
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconUpload size={14} />}
        onClick={() => inputRef.current?.click()}
      >
        {t("devicesField.fromFile")}
      </Button>
    </div>
  );
}
