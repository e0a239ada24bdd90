import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Exporter, type ExporterType, useExporters, useExporterTypes } from "../../api/exporters";
import { useMe } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconLock } from "../../components/icons";
import { Page } from "../../components/Page";
import { NotFoundPage } from "../NotFoundPage";
import classes from "./SourceForm.module.css";

interface SourceFormPageProps {
  exporterName: string;
  title: (exporter: string) => string;
  children: (type: ExporterType, exporter: Exporter) => ReactNode;
}

/** What both forms need before they can be shown: the right, the exporter and its type's schema. */
export function SourceFormPage({ exporterName, title, children }: SourceFormPageProps) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const exporters = useExporters();
  const types = useExporterTypes();
  const exporter = exporters.data?.find(({ name }) => name === exporterName);
  const type = types.data?.find(({ type: name }) => name === exporter?.type);
  const error = exporters.error ?? types.error;
  if (me !== undefined && me.role !== "admin") {
    return <EmptyState icon={IconLock} title={t("error.forbidden")} text={t("source.adminOnly")} />;
  }
  if (exporters.data !== undefined && exporter === undefined) return <NotFoundPage />;
  const language = i18n.language === "ru" ? "ru" : "en";
  return (
    <Page title={title(exporter?.title[language] ?? exporterName)}>
      {type && <p className={`dim ${classes.about}`}>{type.description[language]}</p>}
      {exporter && type ? children(type, exporter) : error ? <ErrorPanel error={error} /> : <FormSkeleton />}
    </Page>
  );
}

export function FormSkeleton() {
  return <Skeleton height={340} maw={720} className="late" aria-hidden="true" />;
}
