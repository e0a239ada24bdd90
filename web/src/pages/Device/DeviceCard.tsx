import { ActionIcon } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { DeviceDetail } from "../../api/device";
import { Ago, Since } from "../../components/Ages";
import { Fact, Facts } from "../../components/Facts";
import { IconCheck, IconCopy } from "../../components/icons";
import { StatusBadge } from "../../components/StatusBadge";
import { useFormat } from "../../i18n/format";
import { ActivatedText, PlaybackText } from "../Devices/cells";
import classes from "./Device.module.css";

/** State and since when. */
export function DeviceState({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const { instant } = useFormat();
  return (
    <p className={classes.state}>
      <StatusBadge status={device.status} />
      <strong>
        <Since at={device.status_since} isAtLeast={device.status_since_at_least === true} />
      </strong>
      <span className="dim">{t("device.since", { when: instant(device.status_since) })}</span>
    </p>
  );
}

export function DeviceFacts({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const labels = Object.entries(device.labels ?? {});
  return (
    <Facts>
      <Fact name={t("devices.column.device_id")}>
        <CopyableId id={device.device_id} />
      </Fact>
      <Fact name={t("devices.column.source")}>
        <Link to="/devices" search={{ source: [device.source] }} title={t("device.sameSource")}>
          {device.source}
        </Link>
      </Fact>
      <Fact name={t("devices.column.platform")}>{device.platform}</Fact>
      <Fact name={t("device.site")}>
        {device.site && (
          <Link to="/devices" search={{ site: [device.site] }}>
            {device.site}
          </Link>
        )}
      </Fact>
      <Fact name={t("device.city")}>
        {device.city && (
          <Link to="/devices" search={{ city: [device.city] }}>
            {device.city}
          </Link>
        )}
      </Fact>
      <Fact name={t("device.vendorState")}>
        {device.vendor_state && <code className="mono">{device.vendor_state}</code>}
      </Fact>
      <Fact name={t("devices.column.last_seen")}>{device.last_seen && <Ago at={device.last_seen} />}</Fact>
      <Fact name={t("device.observed")}>{device.observed_at && <Ago at={device.observed_at} />}</Fact>
      <Fact name={t("devices.column.playback")}>
        {device.playback !== "unknown" && <PlaybackText playback={device.playback} />}
      </Fact>
      <Fact name={t("device.playerVersion")}>{device.player_version}</Fact>
      <Fact name={t("device.activated")}>
        {device.activated != null && <ActivatedText activated={device.activated} />}
      </Fact>
      <Fact name={t("devices.column.ip")}>{device.ip && <span className="mono">{device.ip}</span>}</Fact>
      <Fact name={t("device.externalIp")}>
        {device.external_ip && <span className="mono">{device.external_ip}</span>}
      </Fact>
      <Fact name={t("device.timeZone")}>{device.time_zone}</Fact>
      <Fact name={t("device.labels")}>
        {labels.length > 0 && labels.map(([name, value]) => `${name}=${value}`).join(", ")}
      </Fact>
    </Facts>
  );
}

function CopyableId({ id }: { id: string }) {
  const { t } = useTranslation();
  const clipboard = useClipboard();
  return (
    <span className={classes.id}>
      <span className="mono">{id}</span>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t("device.copyId")}
        onClick={() => clipboard.copy(id)}
      >
        {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </span>
  );
}
