import type { Device } from "../api/devices";

/** A device for tests; only what a test is about needs to be said. */
export function device(part: Partial<Device> = {}): Device {
  return {
    platform: "addreality",
    source: "retail",
    device_id: "1",
    name: "Казань, Лесная 1",
    status: "online",
    status_since: "2026-11-24T10:00:00Z",
    ...part,
  };
}
