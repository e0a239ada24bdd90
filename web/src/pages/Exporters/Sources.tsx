import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Exporter } from "../../api/exporters";
import { useIsAdmin } from "../../api/session";
import { useSources } from "../../api/sources";
import { ErrorPanel } from "../../components/ErrorPanel";
import classes from "./ExportersPage.module.css";
import { SourceRow } from "./SourceRow";

export function Sources({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const { data: sources, error, refetch } = useSources(exporter.name);
  if (error && sources === undefined) return <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />;
  if (sources === undefined) return <Skeleton height={56} className="late" aria-hidden="true" />;
  if (sources.length === 0) {
    return (
      <p className={`dim ${classes.none}`}>{isAdmin ? t("exporters.noSources") : t("exporters.noSourcesManager")}</p>
    );
  }
  return (
    <ul className={classes.sources}>
      {sources.map((source) => (
        <SourceRow key={source.name} source={source} isExporterEnabled={exporter.enabled} />
      ))}
    </ul>
  );
}
