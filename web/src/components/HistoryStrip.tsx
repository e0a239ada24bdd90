import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type DeviceHistory, RANGES, type Range, useDeviceHistory } from "../api/device";
import type { DeviceIdentity } from "../api/devices";
import { useFormat } from "../i18n/format";
import { countOutages, partsOf } from "../lib/strip";
import { ErrorPanel } from "./ErrorPanel";
import classes from "./HistoryStrip.module.css";

interface HistoryStripProps {
  identity: DeviceIdentity;
  range: Range;
  /** The device itself is under way, and its history with it. */
  isAwaited: boolean;
  onRange: (range: Range) => void;
}

/** What the device was like over a time, and how much of it; what nobody measured counts for nothing. */
export function HistoryStrip({ identity, range, isAwaited, onRange }: HistoryStripProps) {
  const { t } = useTranslation();
  const { data: history, error, refetch } = useDeviceHistory(identity, range, isAwaited);
  return (
    <section className={classes.section} aria-label={t("history.title")}>
      <header className={classes.head}>
        <h3>{t("history.title")}</h3>
        <fieldset className={classes.ranges} aria-label={t("history.range")}>
          {(Object.keys(RANGES) as Range[]).map((each) => (
            <button key={each} type="button" aria-pressed={each === range} onClick={() => onRange(each)}>
              {t(`history.${each}`)}
            </button>
          ))}
        </fieldset>
      </header>
      {history ? (
        <Strip history={history} />
      ) : error ? (
        <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />
      ) : (
        <Skeleton height={44} className="late" />
      )}
    </section>
  );
}

function Strip({ history }: { history: DeviceHistory }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { segments, from, to, uptime, replaced } = history;
  const outages = countOutages(segments);
  const measured = uptime.online_seconds + uptime.offline_seconds + uptime.unknown_seconds;
  const told = uptime.online_seconds + uptime.offline_seconds;
  const summary = [
    told > 0 ? t("history.online", { share: format.share(uptime.online_seconds, told) }) : t("history.nothing"),
    uptime.offline_seconds > 0 && t("history.dark", { duration: format.duration(uptime.offline_seconds) }),
    outages > 0 && t("history.outages", { count: outages, n: format.number(outages) }),
    uptime.unknown_seconds > 0 && t("history.unknown", { duration: format.duration(uptime.unknown_seconds) }),
    measured > 0 && uptime.not_measured_seconds > 0 && t("history.measured", { duration: format.duration(measured) }),
    ...(replaced ?? []).map((each) => t("history.replaced", { when: format.instant(each.until), id: each.device_id })),
  ]
    .filter(Boolean)
    .join(" · ");
  return (
    <>
      <div className={classes.strip} role="img" aria-label={summary}>
        {partsOf(segments, from, to).map((part) => (
          <span
            key={part.from}
            className={classes.part}
            data-status={part.status}
            style={{ flexGrow: part.share }}
            title={`${t(`told.${part.status}`)}: ${format.duration(part.seconds)}\n${format.instant(part.from)} – ${format.instant(part.to)}`}
          />
        ))}
      </div>
      <div className={`dim num ${classes.ends}`} aria-hidden="true">
        <span>{format.instant(from)}</span>
        <span>{t("history.now")}</span>
      </div>
      <p className="num">{summary}</p>
    </>
  );
}
