/**
 * An answer may be older than an event that overtook it: the list was read before the device changed, and arrives after
 * the event. So changes are remembered for a moment and laid over answers that are older than they are.
 */

import { type Device, deviceKey } from "./devices";

const REMEMBERED_MS = 60_000;

interface Change {
  device: Device;
  /** The instant of the evaluation that saw it. */
  asOfMs: number;
}

const changes = new Map<string, Change>();

export function rememberChanges(devices: readonly Device[], asOf: string): void {
  const asOfMs = Date.parse(asOf);
  for (const [key, change] of changes) {
    if (asOfMs - change.asOfMs > REMEMBERED_MS) changes.delete(key);
  }
  for (const device of devices) changes.set(deviceKey(device), { device, asOfMs });
}

/** The rows as they stand now, if `asOf` is behind. */
export function withRecentChanges(devices: Device[], asOf: string): Device[] {
  const asOfMs = Date.parse(asOf);
  return devices.map((device) => {
    const change = changes.get(deviceKey(device));
    return change !== undefined && change.asOfMs > asOfMs ? change.device : device;
  });
}

/** After a gap nobody knows what is newest: the next answer is. */
export function forgetChanges(): void {
  changes.clear();
}
