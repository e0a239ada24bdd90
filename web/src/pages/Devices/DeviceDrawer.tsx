import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../../api/client";
import { type Range, useDevice } from "../../api/device";
import { type Device, type DeviceIdentity, parseDeviceKey } from "../../api/devices";
import { ErrorPanel } from "../../components/ErrorPanel";
import { HistoryStrip } from "../../components/HistoryStrip";
import { LinkButton } from "../../components/LinkButton";
import { SidePanel } from "../../components/SidePanel";
import classes from "../Device/Device.module.css";
import { DeviceFacts, DeviceState } from "../Device/DeviceCard";
import { DeviceNotFound } from "../Device/DeviceNotFound";
import { Why } from "../Device/Why";
import { WorkSection } from "../Device/WorkSection";

interface DeviceDrawerProps {
  openKey: string;
  /** The row as it stands in the list: shown at once while the rest is read. */
  known: Device | undefined;
  onClose: () => void;
}

export default function DeviceDrawer({ openKey, known, onClose }: DeviceDrawerProps) {
  const { t } = useTranslation();
  const identity = parseDeviceKey(openKey);
  return (
    <SidePanel title={t("device.label")} onClose={onClose}>
      {identity === null ? <DeviceNotFound /> : <Peek key={openKey} identity={identity} known={known} />}
    </SidePanel>
  );
}

function Peek({ identity, known }: { identity: DeviceIdentity; known: Device | undefined }) {
  const { t } = useTranslation();
  const { data: device, error, isPlaceholderData, refetch } = useDevice(identity, known);
  const [range, setRange] = useState<Range>("24h");
  if (isApiError(error) && error.status === 404) return <DeviceNotFound />;
  if (device === undefined) {
    return error ? (
      <ErrorPanel error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton height={220} className="late" />
    );
  }
  const { platform, source, device_id } = identity;
  return (
    <div className={classes.drawer}>
      <header>
        <h2>{device.name}</h2>
        <DeviceState device={device} />
      </header>
      <Why device={device} />
      <WorkSection device={device} />
      <HistoryStrip identity={identity} range={range} isAwaited={isPlaceholderData} onRange={setRange} />
      <div className={classes.links}>
        <LinkButton
          to="/devices/$platform/$source/$"
          params={{ platform, source, _splat: device_id }}
          size="xs"
          variant="light"
        >
          {t("device.more")}
        </LinkButton>
      </div>
      <DeviceFacts device={device} />
      {error && <ErrorPanel error={error} variant="line" onRetry={() => void refetch()} />}
    </div>
  );
}
