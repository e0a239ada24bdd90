import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Range, type SeriesPoint, useDeviceSeries } from "../../api/device";
import type { DeviceIdentity } from "../../api/devices";
import { ErrorPanel } from "../../components/ErrorPanel";
import { lazyPart } from "../../components/parts";
import { useFormat } from "../../i18n/format";
import classes from "./Device.module.css";

const Plot = lazyPart(() => import("../../components/Plot"));

/** `silence`: from the vendor's last contact to the sample, in seconds. */
const METRICS = [
  { metric: "signage_device_up", name: "up", value: ([, value]: SeriesPoint) => value },
  { metric: "signage_device_playing", name: "playing", value: ([, value]: SeriesPoint) => value },
  {
    metric: "signage_device_last_seen_timestamp_seconds",
    name: "silence",
    value: ([at, value]: SeriesPoint) => (value === null ? null : Math.max(0, at - value)),
  },
] as const;

/** Opened by those who want them: a plot costs a query each. */
export default function Plots({ identity, range }: { identity: DeviceIdentity; range: Range }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={classes.plots} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("plots.title")}</summary>
      {isOpen && METRICS.map((each) => <OnePlot key={each.name} identity={identity} range={range} {...each} />)}
    </details>
  );
}

type OnePlotProps = (typeof METRICS)[number] & { identity: DeviceIdentity; range: Range };

function OnePlot({ identity, range, metric, name, value }: OnePlotProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: points, error, refetch } = useDeviceSeries(identity, metric, range);
  if (error && points === undefined) return <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />;
  const values = points?.map(value) ?? [];
  const known = values.filter((each) => each !== null);
  if (points !== undefined && known.length === 0) return null; // the platform does not tell it
  const isDuration = name === "silence";
  const say = (number: number): string => (isDuration ? format.duration(number) : format.number(number));
  const last = known.at(-1);
  return (
    <section className={classes.plot}>
      <h4>{t(`plots.${name}`)}</h4>
      <div className={classes.canvas}>
        <Suspense>
          {points && (
            <Plot
              label={t(`plots.${name}`)}
              at={points.map(([at]) => at)}
              values={values}
              isStepped={!isDuration}
              say={say}
            />
          )}
        </Suspense>
      </div>
      {last !== undefined && (
        <p className="dim num">
          {t("plots.summary", {
            last: say(last),
            least: say(Math.min(...known)),
            most: say(Math.max(...known)),
          })}
        </p>
      )}
    </section>
  );
}
