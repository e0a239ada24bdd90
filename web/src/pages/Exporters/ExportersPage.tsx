import { Skeleton } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Exporter, useExporters } from "../../api/exporters";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconPlug } from "../../components/icons";
import { Page } from "../../components/Page";
import { TabLinks } from "../../components/TabLinks";
import { ExporterCard } from "./ExporterCard";
import classes from "./ExportersPage.module.css";
import { ExporterTable } from "./ExporterTable";

const VIEWS = ["cards", "table"] as const;

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
      {exporters !== undefined && exporters.length > 0 && <View exporters={exporters} />}
    </Page>
  );
}

function View({ exporters }: { exporters: readonly Exporter[] }) {
  const { t } = useTranslation();
  const { as = "cards" } = useSearch({ from: "/exporters" });
  return (
    <>
      <TabLinks
        label={t("exportersPage.views")}
        tabs={VIEWS.map((view) => ({
          to: "/exporters",
          search: view === "table" ? { as: view } : {},
          label: t(`exportersPage.view.${view}`),
          isCurrent: view === as,
        }))}
      />
      {as === "table" ? (
        <ExporterTable exporters={exporters} />
      ) : (
        <div className={classes.cards}>
          {exporters.map((exporter) => (
            <ExporterCard key={exporter.name} exporter={exporter} />
          ))}
        </div>
      )}
    </>
  );
}
