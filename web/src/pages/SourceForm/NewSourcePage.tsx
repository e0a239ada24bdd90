import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { dryRunNewSource, useCreateSource, useTryNewSource } from "../../api/sources";
import { useToasts } from "../../components/toasts";
import { type SourceDraft, SourceForm } from "./SourceForm";
import { SourceFormPage } from "./SourceFormPage";

export function NewSourcePage() {
  const { t } = useTranslation();
  const { name: exporterName } = useParams({ from: "/exporters/$name/sources/new" });
  const navigate = useNavigate();
  const toasts = useToasts();
  const create = useCreateSource(exporterName);
  const trial = useTryNewSource(exporterName);

  function save({ name, config }: SourceDraft): void {
    create.mutate(
      { name, config, labels: {}, enabled: true },
      {
        onSuccess: () => {
          toasts.done(t("source.created", { name }));
          void navigate({ to: "/exporters" });
        },
      },
    );
  }

  return (
    <SourceFormPage exporterName={exporterName} title={(exporter) => t("source.new", { exporter })}>
      {(type) => (
        <SourceForm
          schema={type.source_schema}
          present={null}
          error={create.error}
          isSaving={create.isPending}
          trial={trial}
          onSave={save}
          dryRun={({ name, config }) => dryRunNewSource(exporterName, { name, config, labels: {}, enabled: true })}
          onTry={({ name, config }) => trial.mutate({ name, config, labels: {}, enabled: true })}
        />
      )}
    </SourceFormPage>
  );
}
