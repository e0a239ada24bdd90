import { Skeleton } from "@mantine/core";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useFirstSteps } from "../../api/first_run";
import { type Overview, useOverview } from "../../api/overview";
import { useIsAdmin } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconPlug } from "../../components/icons";
import { Page } from "../../components/Page";
import { lazyPart } from "../../components/parts";
import { CausesCard } from "./CausesCard";
import { FleetCard } from "./FleetCard";
import classes from "./OverviewPage.module.css";
import { RecentCard } from "./RecentCard";
import { SourcesCard } from "./SourcesCard";

const FirstRun = lazyPart(() => import("./FirstRun"), "more");

export function OverviewPage() {
  const { t } = useTranslation();
  const { data: overview, error, refetch } = useOverview();
  return (
    <Page title={t("overview.title")}>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={overview ? "line" : "block"} />}
      {overview !== undefined && <Content overview={overview} />}
      {overview === undefined && error === null && <OverviewSkeleton />}
    </Page>
  );
}

function Content({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const isAdmin = useIsAdmin();
  const { isChecklistHidden } = useFirstSteps();
  const isEmpty = overview.sources.length === 0;
  const isDemo = overview.sources.some(({ demo }) => demo);
  if (isEmpty && !isAdmin) {
    return <EmptyState icon={IconPlug} title={t("devices.emptyTitle")} text={t("overview.firstManager")} />;
  }
  return (
    <>
      {isAdmin && !isDemo && (isEmpty || !isChecklistHidden) && (
        <Suspense>
          <FirstRun overview={overview} />
        </Suspense>
      )}
      {!isEmpty && (
        <div className={classes.grid}>
          <FleetCard overview={overview} />
          <CausesCard causes={overview.causes} totals={overview.totals} />
          <RecentCard recent={overview.recent} />
          <SourcesCard sources={overview.sources} />
        </div>
      )}
    </>
  );
}

function OverviewSkeleton() {
  return (
    <div className={`${classes.grid} late`} aria-hidden="true">
      <Skeleton height={170} className={classes.fleet} />
      <Skeleton height={260} />
      <Skeleton height={260} />
      <Skeleton height={180} className={classes.fleet} />
    </div>
  );
}
