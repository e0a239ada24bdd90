import { Button } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { isApiError } from "../../api/client";
import type { ExporterType } from "../../api/exporters";
import { dryRunSavedSource, useSourceForEdit, useTrySavedSource, useUpdateSource } from "../../api/sources";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconRefresh } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import { type SourceDraft, SourceForm } from "./SourceForm";
import { FormSkeleton, SourceFormPage } from "./SourceFormPage";

export function EditSourcePage() {
  const { t } = useTranslation();
  const params = useParams({ from: "/exporters/$name/sources/$source" });
  return (
    <SourceFormPage exporterName={params.name} title={() => t("source.edit", { source: params.source })}>
      {(type) => <EditForm exporterName={params.name} sourceName={params.source} type={type} />}
    </SourceFormPage>
  );
}

interface EditFormProps {
  exporterName: string;
  sourceName: string;
  type: ExporterType;
}

function EditForm({ exporterName, sourceName, type }: EditFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toasts = useToasts();
  const source = useSourceForEdit(exporterName, sourceName);
  const update = useUpdateSource(exporterName);
  const trial = useTrySavedSource(exporterName);
  const isOutrun = isApiError(update.error) && update.error.status === 412;

  function save({ config }: SourceDraft): void {
    if (source.data === undefined) return;
    update.mutate(
      { name: sourceName, revision: source.data.revision, body: { config } },
      {
        onSuccess: () => {
          toasts.done(t("source.saved", { name: sourceName }));
          void navigate({ to: "/exporters" });
        },
      },
    );
  }

  function tryOut({ config }: SourceDraft): void {
    if (source.data !== undefined) trial.mutate({ name: sourceName, revision: source.data.revision, config });
  }

  const revision = source.data?.revision ?? 0;
  if (source.data === undefined) {
    return source.error ? <ErrorPanel error={source.error} onRetry={() => void source.refetch()} /> : <FormSkeleton />;
  }
  return (
    <>
      {isOutrun && (
        <EmptyState icon={IconRefresh} title={t("source.changedMeanwhile")} text={t("source.reloadLoses")}>
          <Button
            variant="light"
            onClick={() => {
              update.reset();
              void source.refetch();
            }}
          >
            {t("source.reload")}
          </Button>
        </EmptyState>
      )}
      <SourceForm
        key={source.data.revision}
        schema={type.source_schema}
        present={{ name: sourceName, config: source.data.config }}
        error={isOutrun ? null : update.error}
        isSaving={update.isPending}
        trial={trial}
        onSave={save}
        dryRun={({ config }) => dryRunSavedSource(exporterName, { name: sourceName, revision, config })}
        onTry={tryOut}
      />
    </>
  );
}
