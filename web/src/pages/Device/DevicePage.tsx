import { Skeleton } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../../api/client";
import { useDevice } from "../../api/device";
import type { DeviceIdentity } from "../../api/devices";
import { ErrorPanel } from "../../components/ErrorPanel";
import { HistoryStrip } from "../../components/HistoryStrip";
import { Page } from "../../components/Page";
import { lazyPart } from "../../components/parts";
import classes from "./Device.module.css";
import { DeviceFacts, DeviceState } from "./DeviceCard";
import { DeviceNotFound } from "./DeviceNotFound";
import { EditFacts } from "./EditFacts";
import { GrafanaLink } from "./GrafanaLink";
import { Events, Neighbourhood } from "./Neighbourhood";
import { Why } from "./Why";
import { WorkSection } from "./WorkSection";

const Plots = lazyPart(() => import("./Plots"));

/** One device in depth. */
export function DevicePage() {
  const { platform, source, _splat = "" } = useParams({ from: "/devices/$platform/$source/$" });
  const identity: DeviceIdentity = { platform, source, device_id: _splat };
  const { range = "24h" } = useSearch({ from: "/devices/$platform/$source/$" });
  const navigate = useNavigate({ from: "/devices/$platform/$source/$" });
  const { t } = useTranslation();
  const { data: device, error, refetch } = useDevice(identity, undefined);
  const isAwaited = device === undefined && error === null;
  if (isApiError(error) && error.status === 404) return <DeviceNotFound />;
  return (
    <Page title={device?.name ?? _splat} actions={<GrafanaLink identity={identity} range={range} />}>
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={device ? "line" : "block"} />}
      <div className={classes.grid}>
        <div className={classes.column}>
          <section className={`card ${classes.card}`} aria-label={t("device.label")}>
            {device ? (
              <>
                <DeviceState device={device} />
                <Why device={device} />
                <WorkSection device={device} />
              </>
            ) : (
              <Skeleton height={90} className="late" />
            )}
            <HistoryStrip
              identity={identity}
              range={range}
              isAwaited={isAwaited}
              onRange={(next) => void navigate({ search: next === "24h" ? {} : { range: next } })}
            />
            <Suspense fallback={<Skeleton height={24} className="late" />}>
              <Plots identity={identity} range={range} />
            </Suspense>
          </section>
          <Events identity={identity} isAwaited={isAwaited} />
        </div>
        <div className={classes.column}>
          {device ? (
            <section className={`card ${classes.card}`} aria-label={t("device.facts")}>
              <DeviceFacts device={device} />
              <EditFacts device={device} />
            </section>
          ) : (
            error === null && <Skeleton height={300} className="late" />
          )}
          <Neighbourhood identity={identity} isAwaited={isAwaited} />
        </div>
      </div>
    </Page>
  );
}
