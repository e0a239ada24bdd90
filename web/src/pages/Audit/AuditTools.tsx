import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type AuditKind, type AuditVerification, fetchAuditLines, verifyAudit } from "../../api/audit";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconAlertTriangle, IconCircleCheck, IconDownload } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { saveBlob } from "../../lib/download";
import classes from "./AuditPage.module.css";

/** That nobody changed the log, and the log as a file. */
export function AuditTools({ kind }: { kind: AuditKind }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const verify = useMutation({ mutationFn: () => verifyAudit(kind) });
  const save = useMutation({
    mutationFn: () => fetchAuditLines(kind),
    onSuccess: (file) => saveBlob(`audit-${kind}-${new Date().toISOString().slice(0, 10)}.jsonl`, file),
    onError: toasts.failed,
  });
  return (
    <>
      <Button size="xs" variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
        {t("audit.verify")}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={15} />}
        title={t("audit.linesHelp")}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        {t("audit.lines")}
      </Button>
      {verify.error && <ErrorPanel error={verify.error} variant="line" />}
      {verify.data && <Verdict found={verify.data} />}
    </>
  );
}

function Verdict({ found: { holds, entries, head, broken } }: { found: AuditVerification }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  if (holds) {
    return (
      <p className={classes.verdict} role="status" data-holds="true">
        <IconCircleCheck size={18} aria-hidden />
        <span>
          {t("audit.holds", { count: entries, n: number(entries) })}{" "}
          <span className="dim">
            {t("audit.head")}: <code className="mono">{head}</code>
          </span>
        </span>
      </p>
    );
  }
  return (
    <p className={classes.verdict} role="alert" data-holds="false">
      <IconAlertTriangle size={18} aria-hidden />
      <span>
        {broken === null ? t("audit.endMissing") : t("audit.broken", { n: broken })}{" "}
        <span className="dim">{t("audit.fitting", { n: number(entries) })}</span>
      </span>
    </p>
  );
}
