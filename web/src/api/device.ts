import { useQuery } from "@tanstack/react-query";
import { type Device, type DeviceIdentity, deviceKey } from "./devices";
import {
  getDevicesPlatformSourceDeviceId,
  getDevicesPlatformSourceDeviceIdEvents,
  getDevicesPlatformSourceDeviceIdHistory,
  getDevicesPlatformSourceDeviceIdNeighbours,
  getDevicesPlatformSourceDeviceIdSeries,
} from "./generated/gateway";

export type DeviceDetail = Awaited<ReturnType<typeof getDevicesPlatformSourceDeviceId>>;
export type Evidence = NonNullable<DeviceDetail["evidence"]>[number];
export type DeviceHistory = Awaited<ReturnType<typeof getDevicesPlatformSourceDeviceIdHistory>>;
export type Segment = DeviceHistory["segments"][number];
export type Neighbours = Awaited<ReturnType<typeof getDevicesPlatformSourceDeviceIdNeighbours>>;
export type SeriesPoint = [number, number | null];

export const RANGES = { "24h": 86_400, "7d": 604_800, "30d": 2_592_000 } as const;
export type Range = keyof typeof RANGES;

/** A minute more or less of a day's strip cannot be seen. */
const HISTORY_EVERY_MS = 60_000;
const NEIGHBOURS = 8;
const EVENTS = 20;

export const DEVICE_DETAILS = ["devices", "detail"] as const;

export function useDevice(identity: DeviceIdentity, known: Device | undefined) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: [...DEVICE_DETAILS, deviceKey(identity)],
    queryFn: ({ signal }) => getDevicesPlatformSourceDeviceId(platform, source, device_id, { signal }),
    ...(known === undefined ? {} : { placeholderData: { ...known, evidence: [], as_of: null } }),
    retry: false,
  });
}

function since(range: Range): { from: string; to: string } {
  const now = Date.now();
  return { from: new Date(now - RANGES[range] * 1000).toISOString(), to: new Date(now).toISOString() };
}

export function useDeviceHistory(identity: DeviceIdentity, range: Range) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: ["devices", "history", deviceKey(identity), range],
    queryFn: ({ signal }) =>
      getDevicesPlatformSourceDeviceIdHistory(platform, source, device_id, since(range), { signal }),
    refetchInterval: HISTORY_EVERY_MS,
  });
}

export function useNeighbours(identity: DeviceIdentity) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: ["devices", "neighbours", deviceKey(identity)],
    queryFn: ({ signal }) =>
      getDevicesPlatformSourceDeviceIdNeighbours(platform, source, device_id, { limit: NEIGHBOURS }, { signal }),
    refetchInterval: HISTORY_EVERY_MS,
  });
}

export function useDeviceEvents(identity: DeviceIdentity) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: ["devices", "events", deviceKey(identity)],
    queryFn: async ({ signal }) =>
      (await getDevicesPlatformSourceDeviceIdEvents(platform, source, device_id, { limit: EVENTS }, { signal })).items,
  });
}

export function useDeviceSeries(identity: DeviceIdentity, metric: string, range: Range) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: ["devices", "series", deviceKey(identity), metric, range],
    queryFn: async ({ signal }) => {
      const params = { metric, ...since(range) };
      const { points } = await getDevicesPlatformSourceDeviceIdSeries(platform, source, device_id, params, { signal });
      return points as SeriesPoint[];
    },
    refetchInterval: HISTORY_EVERY_MS,
  });
}
