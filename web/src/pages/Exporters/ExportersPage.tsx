import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useExporters } from "../../api/exporters";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconPlug } from "../../components/icons";
import { Page } from "../../components/Page";
import { ExporterCard } from "./ExporterCard";
import classes from "./ExportersPage.module.css";

export function ExportersPage() {
  const { t } = useTranslation();
  const { data: exporters, error, refetch } = useExporters();
  return (
    <Page title={t("exportersPage.title")}>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={exporters ? "line" : "block"} />}
      {exporters === undefined && error === null && (
        <div className={`${classes.cards} late`} aria-hidden="true">
          <Skeleton height={210} />
          <Skeleton height={210} />
        </div>
      )}
      {exporters?.length === 0 && (
        <EmptyState icon={IconPlug} title={t("exportersPage.emptyTitle")} text={t("exportersPage.emptyText")} />
      )}
      <div className={classes.cards}>
        {exporters?.map((exporter) => (
          <ExporterCard key={exporter.name} exporter={exporter} />
        ))}
      </div>
    </Page>
  );
}
