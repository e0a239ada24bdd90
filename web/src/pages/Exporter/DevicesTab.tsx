import { Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { deviceKey, useDevicesOf } from "../../api/devices";
import type { Exporter } from "../../api/exporters";
import { useOverview } from "../../api/overview";
import { DeviceLines } from "../../components/DeviceLines";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useFormat } from "../../i18n/format";
import classes from "./ExporterPage.module.css";

const SHOWN = 15;

/** The devices of its sources, those in trouble first; the whole list is one step away. */
export function DevicesTab({ exporter }: { exporter: Exporter }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const overview = useOverview().data;
  const source = (overview?.sources ?? []).filter((each) => each.exporter === exporter.name).map((each) => each.source);
  const { data: page, error, refetch } = useDevicesOf(source, SHOWN);
  if (overview !== undefined && source.length === 0) return <p className="dim">{t("exporter.noDevices")}</p>;
  if (page === undefined) {
    return error ? (
      <ErrorPanel error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={240} className="late" />
    );
  }
  return (
    <>
      <p className={classes.counts}>
        {(["offline", "unknown", "online"] as const).map((status) => (
          <Link key={status} to="/devices" search={{ source, status: [status] }} className="num">
            {t(`status.${status}`)}: {number(page.facets.status[status] ?? 0)}
          </Link>
        ))}
        <Link to="/devices" search={{ source }}>
          {t("exporter.allDevices", { n: number(page.total) })}
        </Link>
      </p>
      <DeviceLines
        devices={page.items}
        link={(device) => (
          <Link to="/devices" search={{ source, device: deviceKey(device) }} className="ellipsis">
            {device.name}
          </Link>
        )}
      />
    </>
  );
}
