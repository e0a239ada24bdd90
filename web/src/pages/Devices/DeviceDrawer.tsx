import { ActionIcon, Drawer, Skeleton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { isApiError } from "../../api/client";
import { type Device, type DeviceIdentity, parseDeviceKey, useDevice } from "../../api/devices";
import { Ago, Since } from "../../components/Ages";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Fact, Facts } from "../../components/Facts";
import { IconCheck, IconCopy, IconHelpCircle } from "../../components/icons";
import { StatusBadge } from "../../components/StatusBadge";
import { useFormat } from "../../i18n/format";
import { PlaybackText } from "./cells";
import classes from "./DeviceDrawer.module.css";

interface DeviceDrawerProps {
  openKey: string | undefined;
  /** The row as it stands in the list: shown at once while the rest is read. */
  known: Device | undefined;
  onClose: () => void;
}

export default function DeviceDrawer({ openKey, known, onClose }: DeviceDrawerProps) {
  const { t } = useTranslation();
  const identity = openKey === undefined ? null : parseDeviceKey(openKey);
  return (
    <Drawer
      opened={openKey !== undefined}
      onClose={onClose}
      position="right"
      size={440}
      overlayProps={{ backgroundOpacity: 0.15 }}
      title={t("device.label")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {openKey !== undefined &&
        (identity === null ? <NotFound /> : <DeviceCard key={openKey} identity={identity} known={known} />)}
    </Drawer>
  );
}

function NotFound() {
  const { t } = useTranslation();
  return <EmptyState icon={IconHelpCircle} title={t("device.notFoundTitle")} text={t("device.notFoundText")} />;
}

function DeviceCard({ identity, known }: { identity: DeviceIdentity; known: Device | undefined }) {
  const { data: device, error, refetch } = useDevice(identity, known);
  if (isApiError(error) && error.status === 404) return <NotFound />;
  if (device === undefined) {
    return error ? (
      <ErrorPanel error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={220} className="late" />
    );
  }
  return (
    <div className={classes.card}>
      <Head device={device} />
      {device.cause && <Why device={device} />}
      <DeviceFacts device={device} />
      {error && <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />}
    </div>
  );
}

function Head({ device }: { device: Device }) {
  const { t } = useTranslation();
  const { instant } = useFormat();
  return (
    <header className={classes.head}>
      <h2>{device.name}</h2>
      <p className={classes.state}>
        <StatusBadge status={device.status} />
        <strong>
          <Since at={device.status_since} isAtLeast={device.status_since_at_least === true} />
        </strong>
        <span className="dim">{t("device.since", { when: instant(device.status_since) })}</span>
      </p>
    </header>
  );
}

function Why({ device }: { device: Device }) {
  const { t } = useTranslation();
  const { cause } = device;
  if (!cause) return null;
  return (
    <section className={classes.why} data-status={device.status} aria-label={t("device.why")}>
      <h3>{t(`causeHelp.${cause}`)}</h3>
      <p>{t(`device.next.${cause}`)}</p>
    </section>
  );
}

function DeviceFacts({ device }: { device: Device }) {
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
        {device.activated != null && (device.activated ? t("device.yes") : t("device.no"))}
      </Fact>
      <Fact name={t("devices.column.ip")}>{device.ip && <span className="mono">{device.ip}</span>}</Fact>
      <Fact name={t("device.externalIp")}>
        {device.external_ip && <span className="mono">{device.external_ip}</span>}
      </Fact>
      <Fact name={t("device.timeZone")}>{device.time_zone}</Fact>
      <Fact name={t("device.site")}>{device.site}</Fact>
      <Fact name={t("device.city")}>{device.city}</Fact>
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
