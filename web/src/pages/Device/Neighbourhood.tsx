import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useDeviceEvents, useNeighbours } from "../../api/device";
import type { DeviceIdentity } from "../../api/devices";
import { Ago } from "../../components/Ages";
import { DeviceLines } from "../../components/DeviceLines";
import lines from "../../components/DeviceLines.module.css";
import { ErrorPanel } from "../../components/ErrorPanel";
import { StatusBadge } from "../../components/StatusBadge";
import { StatusBar } from "../../components/StatusBar";
import { useFormat } from "../../i18n/format";
import classes from "./Device.module.css";

interface PartProps {
  identity: DeviceIdentity;
  /** The device itself is under way, and this with it. */
  isAwaited: boolean;
}

/** Is it only this one? */
export function Neighbourhood({ identity, isAwaited }: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, error, refetch } = useNeighbours(identity, isAwaited);
  if (data === undefined) {
    return error ? (
      <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={120} className="late" />
    );
  }
  const { site, items, counts } = data;
  const search = site === null ? { source: [identity.source] } : { site: [site] };
  return (
    <section className={`card ${classes.card}`} aria-label={t("neighbours.title")}>
      <h2>{site === null ? t("neighbours.source", { source: identity.source }) : t("neighbours.site", { site })}</h2>
      <p>
        <Link to="/devices" search={search}>
          {t("neighbours.dark", { n: format.number(counts.offline), total: format.number(counts.total) })}
        </Link>
      </p>
      <StatusBar shares={counts} />
      {items.length === 0 ? (
        <p className="dim">{t("neighbours.none")}</p>
      ) : (
        <DeviceLines
          devices={items}
          link={(device) => (
            <Link
              to="/devices/$platform/$source/$"
              params={{ platform: device.platform, source: device.source, _splat: device.device_id }}
              className="ellipsis"
            >
              {device.name}
            </Link>
          )}
        />
      )}
    </section>
  );
}

/** Its changes as other systems were told of them. */
export function Events({ identity, isAwaited }: PartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: events, error, refetch } = useDeviceEvents(identity, isAwaited);
  return (
    <section className={`card ${classes.card}`} aria-label={t("deviceEvents.title")}>
      <h2>{t("deviceEvents.title")}</h2>
      {events === undefined ? (
        error ? (
          <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />
        ) : (
          <Skeleton height={80} className="late" />
        )
      ) : events.length === 0 ? (
        <p className="dim">{t("deviceEvents.none")}</p>
      ) : (
        <ol className={lines.lines}>
          {events.map((event) => (
            <li key={event.at}>
              {event.removed ? (
                <span className="dim">{t("overview.removed")}</span>
              ) : (
                <StatusBadge status={event.status} />
              )}
              <span className="dim ellipsis">{event.cause ? t(`causeHelp.${event.cause}`) : ""}</span>
              <span className="dim" title={format.instant(event.at)}>
                <Ago at={event.at} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
