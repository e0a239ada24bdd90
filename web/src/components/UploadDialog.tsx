import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../api/client";
import { useFormat } from "../i18n/format";
import { Dialog } from "./Dialog";
import { ErrorPanel } from "./ErrorPanel";
import { IconUpload } from "./icons";
import { useToasts } from "./toasts";
import classes from "./UploadDialog.module.css";

interface UploadDialogProps<Report> {
  title: string;
  help: ReactNode;
  placeholder: string;
  /** Says what would become of it and stores nothing. */
  check: (table: Blob) => Promise<Report>;
  save: (table: Blob) => Promise<Report>;
  /** Whether there is anything to save. */
  hasChanges: (report: Report) => boolean;
  describe: (report: Report) => ReactNode;
  onSaved: (report: Report) => void;
  onClose: () => void;
}

/** A pasted table or a file: looked through first, line by line, then stored as a whole or not at all. */
export default function UploadDialog<Report>(props: UploadDialogProps<Report>) {
  const { title, help, placeholder, check, save, hasChanges, describe, onSaved, onClose } = props;
  const { t } = useTranslation();
  const toasts = useToasts();
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const looked = useMutation({ mutationFn: check });
  const stored = useMutation({ mutationFn: save });
  const table = file ?? new Blob([text], { type: "text/csv" });
  const error = stored.error ?? looked.error;

  function change(nextText: string, nextFile: File | null): void {
    setText(nextText);
    setFile(nextFile);
    looked.reset();
    stored.reset();
    if (nextFile !== null) looked.mutate(nextFile);
  }

  return (
    <Dialog onClose={onClose} size={640} title={title}>
      <div className={classes.dialog}>
        <div className="dim">{help}</div>
        <FileChoice file={file} onChange={(next) => change("", next)} />
        {file === null && (
          <Textarea
            label={t("upload.paste")}
            placeholder={placeholder}
            rows={7}
            spellCheck={false}
            autoComplete="off"
            classNames={{ input: classes.text ?? "" }}
            value={text}
            onChange={(event) => change(event.currentTarget.value, null)}
          />
        )}
        {error && <Faults error={error} />}
        {looked.data !== undefined && !error && (
          <div className={classes.report} role="status">
            {describe(looked.data)}
          </div>
        )}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          {looked.data === undefined || error ? (
            <Button loading={looked.isPending} disabled={table.size === 0} onClick={() => looked.mutate(table)}>
              {t("upload.check")}
            </Button>
          ) : (
            <Button
              loading={stored.isPending}
              disabled={!hasChanges(looked.data)}
              onClick={() =>
                stored.mutate(table, {
                  onSuccess: (report) => {
                    onSaved(report);
                    onClose();
                  },
                  onError: (failure) => {
                    if (!isApiError(failure) || failure.errors.length === 0) toasts.failed(failure);
                  },
                })
              }
            >
              {t("upload.save")}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function FileChoice({ file, onChange }: { file: File | null; onChange: (file: File | null) => void }) {
  const { t } = useTranslation();
  const inputRef = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.file}>
      <input
        ref={inputRef}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        aria-label={t("upload.file")}
        hidden
        onChange={(event) => {
          onChange(event.currentTarget.files?.[0] ?? null);
          event.currentTarget.value = ""; // the same file, mended, can be chosen again
        }}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconUpload size={15} />}
        onClick={() => inputRef.current?.click()}
      >
        {t("upload.file")}
      </Button>
      {file && (
        <>
          <span className="ellipsis">{file.name}</span>
          <Button size="compact-xs" variant="subtle" onClick={() => onChange(null)}>
            {t("upload.without")}
          </Button>
        </>
      )}
    </div>
  );
}

/** Beyond this many nobody reads on; mending the first ones and checking again shows the next. */
const SHOWN = 50;

function Faults({ error }: { error: Error }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const faults = isApiError(error) ? error.errors : [];
  if (faults.length === 0) return <ErrorPanel error={error} variant="line" />;
  return (
    <div className={classes.faults} role="alert">
      <p>{t("upload.refused", { count: faults.length, n: number(faults.length) })}</p>
      <ul>
        {faults.slice(0, SHOWN).map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <strong>{placeOf(field, (line) => t("lines.at", { line }))}</strong> {message}
          </li>
        ))}
      </ul>
      {faults.length > SHOWN && (
        <p>{t("lines.more", { count: faults.length - SHOWN, n: number(faults.length - SHOWN) })}</p>
      )}
    </div>
  );
}

/** `line 3, latitude` in the reader's words; the column stays as the table names it. */
function placeOf(field: string, lineText: (line: string) => string): string {
  const [, line, column] = /^line (\d+)(?:, (.*))?$/.exec(field) ?? [];
  if (line === undefined) return field;
  return [lineText(line), column].filter(Boolean).join(", ");
}
