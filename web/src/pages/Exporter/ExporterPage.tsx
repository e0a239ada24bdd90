import { Skeleton } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { type Exporter, useExporters } from "../../api/exporters";
import { useIsAdmin } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconHelpCircle, IconPlus } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { Page } from "../../components/Page";
import { PhaseBadge, phaseOf } from "../../components/PhaseBadge";
import { lazyPart } from "../../components/parts";
import { TabLinks } from "../../components/TabLinks";
import { ExporterActions } from "../Exporters/ExporterActions";
import { Sources } from "../Exporters/Sources";
import { DevicesTab } from "./DevicesTab";
import classes from "./ExporterPage.module.css";
import { HealthTab } from "./HealthTab";
import { HistoryTab } from "./HistoryTab";
import { type ExporterTab, FOR_ADMINS, TABS } from "./search";

const LogView = lazyPart(() => import("./LogView"));

/** One exporter: how it is and why, its sources, its log, its devices. */
export function ExporterPage() {
  const { t, i18n } = useTranslation();
  const { name } = useParams({ from: "/exporters/$name" });
  const { tab = "health" } = useSearch({ from: "/exporters/$name" });
  const { data: exporters, error, refetch } = useExporters();
  const exporter = exporters?.find((each) => each.name === name);
  if (exporters !== undefined && exporter === undefined) {
    return (
      <EmptyState icon={IconHelpCircle} title={t("exporter.notFoundTitle")} text={t("exporter.notFoundText")}>
        <LinkButton to="/exporters" variant="light">
          {t("exporter.back")}
        </LinkButton>
      </EmptyState>
    );
  }
  return (
    <Page
      title={exporter?.title[i18n.language === "ru" ? "ru" : "en"] ?? name}
      actions={exporter && <Actions exporter={exporter} />}
    >
      {error && (
        <ErrorPanel error={error} onRetry={() => void refetch()} variant={exporters === undefined ? "block" : "line"} />
      )}
      {exporter ? (
        <>
          <p className={classes.sentence}>
            <PhaseBadge phase={phaseOf(exporter)} /> {t(`phaseHelp.${phaseOf(exporter)}`)}
          </p>
          <Tabs name={name} current={tab} />
          <section className={`card ${classes.panel}`} aria-label={t(`exporter.tab.${tab}`)}>
            <Tab exporter={exporter} tab={tab} />
          </section>
        </>
      ) : (
        error === null && <Skeleton height={320} className="late" aria-hidden="true" />
      )}
    </Page>
  );
}

function Actions({ exporter }: { exporter: Exporter }) {
  return useIsAdmin() ? <ExporterActions exporter={exporter} /> : null;
}

function Tabs({ name, current }: { name: string; current: ExporterTab }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  return (
    <TabLinks
      label={t("exporter.tabs")}
      tabs={TABS.filter((tab) => isAdmin || !FOR_ADMINS.includes(tab)).map((tab) => ({
        to: "/exporters/$name",
        params: { name },
        search: tab === "health" ? {} : { tab },
        label: t(`exporter.tab.${tab}`),
        isCurrent: tab === current,
      }))}
    />
  );
}

function Tab({ exporter, tab }: { exporter: Exporter; tab: ExporterTab }) {
  switch (tab) {
    case "health":
      return <HealthTab exporter={exporter} />;
    case "sources":
      return <SourcesTab exporter={exporter} />;
    case "devices":
      return <DevicesTab exporter={exporter} />;
    case "history":
      return <HistoryTab exporter={exporter} />;
    case "logs":
      return (
        <Suspense fallback={<Skeleton height={400} className="late" />}>
          <LogView exporter={exporter} />
        </Suspense>
      );
  }
}

function SourcesTab({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  return (
    <>
      <Sources exporter={exporter} />
      {isAdmin && (
        <div>
          <LinkButton
            to="/exporters/$name/sources/new"
            params={{ name: exporter.name }}
            size="xs"
            leftSection={<IconPlus size={15} />}
          >
            {t("exportersPage.addSource")}
          </LinkButton>
        </div>
      )}
    </>
  );
}
