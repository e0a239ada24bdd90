import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Exporter, useRestartExporter, useSetExporterEnabled } from "../../api/exporters";
import { IconPlayerPlay, IconPlayerStop, IconRefresh } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import classes from "./ExportersPage.module.css";

export function ExporterActions({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const setEnabled = useSetExporterEnabled();
  const restart = useRestartExporter();
  const { name } = exporter;

  function toggle(target: Exporter): void {
    const enabled = !target.enabled;
    setEnabled.mutate(
      { exporter: target, enabled },
      {
        onSuccess: (changed) =>
          toasts.done(t(enabled ? "exporters.enabled" : "exporters.disabled", { name }), () => toggle(changed)),
        onError: toasts.failed,
      },
    );
  }

  return (
    <div className={classes.actions}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={15} />}
        disabled={!exporter.enabled}
        loading={restart.isPending}
        onClick={() =>
          restart.mutate(name, {
            onSuccess: () => toasts.done(t("exporters.restarting", { name })),
            onError: toasts.failed,
          })
        }
      >
        {t("exportersPage.restart")}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={exporter.enabled ? <IconPlayerStop size={15} /> : <IconPlayerPlay size={15} />}
        loading={setEnabled.isPending}
        onClick={() => toggle(exporter)}
      >
        {exporter.enabled ? t("exportersPage.disable") : t("exportersPage.enable")}
      </Button>
    </div>
  );
}
