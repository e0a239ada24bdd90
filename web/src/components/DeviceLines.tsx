import type { ReactNode } from "react";
import { type Device, deviceKey } from "../api/devices";
import { Since } from "./Ages";
import classes from "./DeviceLines.module.css";
import { StatusBadge } from "./StatusBadge";

interface DeviceLinesProps {
  devices: readonly Device[];
  /** The device's name, leading to where it is shown. */
  link: (device: Device) => ReactNode;
}

/** A few devices, a line each: status, name, since when. */
export function DeviceLines({ devices, link }: DeviceLinesProps) {
  return (
    <ul className={classes.lines}>
      {devices.map((device) => (
        <li key={deviceKey(device)}>
          <StatusBadge status={device.status} />
          {link(device)}
          <span className="dim">
            <Since at={device.status_since} isAtLeast={device.status_since_at_least === true} />
          </span>
        </li>
      ))}
    </ul>
  );
}
