import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useOverview } from "../../api/overview";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/Page";
import { CausesCard } from "./CausesCard";
import { FirstRun } from "./FirstRun";
import { FleetCard } from "./FleetCard";
import classes from "./OverviewPage.module.css";
import { RecentCard } from "./RecentCard";
import { SourcesCard } from "./SourcesCard";

export function OverviewPage() {
  const { t } = useTranslation();
  const { data: overview, error, refetch } = useOverview();
  return (
    <Page title={t("overview.title")}>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={overview ? "line" : "block"} />}
      {overview === undefined ? (
        error === null && <OverviewSkeleton />
      ) : overview.sources.length === 0 ? (
        <FirstRun />
      ) : (
        <div className={classes.grid}>
          <FleetCard overview={overview} />
          <CausesCard causes={overview.causes} totals={overview.totals} />
          <RecentCard recent={overview.recent} />
          <SourcesCard sources={overview.sources} />
        </div>
      )}
    </Page>
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
