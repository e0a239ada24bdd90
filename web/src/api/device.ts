import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
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

/** Comes along with the detail, so that a device's page needs one request. */
const PARTS = "history,neighbours,events";

export function useDevice(identity: DeviceIdentity, known: Device | undefined) {
  const queryClient = useQueryClient();
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: [...DEVICE_DETAILS, deviceKey(identity)],
    queryFn: async ({ signal }) => {
      const detail = await getDevicesPlatformSourceDeviceId(
        platform,
        source,
        device_id,
        { include: PARTS },
        { signal },
      );
      keepParts(queryClient, identity, detail);
      return detail;
    },
    ...(known === undefined ? {} : { placeholderData: { ...known, evidence: [], as_of: null } }),
    retry: false,
  });
}

/** Where those look for them who show a part and renew it later by itself. */
function keepParts(queryClient: QueryClient, identity: DeviceIdentity, detail: DeviceDetail): void {
  const { history, neighbours, events } = detail;
  if (history) queryClient.setQueryData(historyKey(identity, DETAIL_RANGE), history);
  if (neighbours) queryClient.setQueryData(neighboursKey(identity), neighbours);
  if (events) queryClient.setQueryData(eventsKey(identity), events.items);
}

/** What the detail's own history spans. */
const DETAIL_RANGE: Range = "24h";

const historyKey = (identity: DeviceIdentity, range: Range) =>
  ["devices", "history", deviceKey(identity), range] as const;
const neighboursKey = (identity: DeviceIdentity) => ["devices", "neighbours", deviceKey(identity)] as const;
const eventsKey = (identity: DeviceIdentity) => ["devices", "events", deviceKey(identity)] as const;

function since(range: Range): { from: string; to: string } {
  const now = Date.now();
  return { from: new Date(now - RANGES[range] * 1000).toISOString(), to: new Date(now).toISOString() };
}

/** `isAwaited`: the detail is under way and may bring it. */
export function useDeviceHistory(identity: DeviceIdentity, range: Range, isAwaited: boolean) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: historyKey(identity, range),
    queryFn: ({ signal }) =>
      getDevicesPlatformSourceDeviceIdHistory(platform, source, device_id, since(range), { signal }),
    enabled: !isAwaited || range !== DETAIL_RANGE,
    refetchInterval: HISTORY_EVERY_MS,
  });
}

export function useNeighbours(identity: DeviceIdentity, isAwaited: boolean) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: neighboursKey(identity),
    enabled: !isAwaited,
    queryFn: ({ signal }) =>
      getDevicesPlatformSourceDeviceIdNeighbours(platform, source, device_id, { limit: NEIGHBOURS }, { signal }),
    refetchInterval: HISTORY_EVERY_MS,
  });
}

export function useDeviceEvents(identity: DeviceIdentity, isAwaited: boolean) {
  const { platform, source, device_id } = identity;
  return useQuery({
    queryKey: eventsKey(identity),
    enabled: !isAwaited,
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
