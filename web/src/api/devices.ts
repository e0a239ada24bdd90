import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Cause, type GetDevicesParams, getDevices, Playback, Status } from "./generated/gateway";
import { withRecentChanges } from "./recent_changes";

export { Cause, Playback, Status };
export type DevicePage = Awaited<ReturnType<typeof getDevices>>;
export type Device = DevicePage["items"][number];
export type Facets = DevicePage["facets"];

/** What a list shows: filters and order, without the page. */
export interface DeviceFilter {
  search?: string | undefined;
  status?: string[] | undefined;
  platform?: string[] | undefined;
  source?: string[] | undefined;
  cause?: string[] | undefined;
  site?: string[] | undefined;
  city?: string[] | undefined;
  player_version?: string[] | undefined;
  playback?: string[] | undefined;
  activated?: string[] | undefined;
  work?: string[] | undefined;
  sort: string;
}

export interface DeviceIdentity {
  platform: string;
  source: string;
  device_id: string;
}

const PAGE_SIZE = 100;
/** While there is nothing to show, the list is asked for again by itself. */
const RETRY_MS = 3_000;

export function deviceKey(device: DeviceIdentity): string {
  return `${device.platform}/${device.source}/${device.device_id}`;
}

/** Reads a key back; an id may hold slashes itself, the platform and the source cannot. */
export function parseDeviceKey(key: string): DeviceIdentity | null {
  const [platform, source, ...rest] = key.split("/");
  const device_id = rest.join("/");
  return platform && source && device_id ? { platform, source, device_id } : null;
}

export function toParams(filter: DeviceFilter, limit: number, cursor: string | null): GetDevicesParams {
  return {
    sort: filter.sort,
    limit,
    ...(filter.search ? { search: filter.search } : {}),
    ...(filter.status?.length ? { status: filter.status } : {}),
    ...(filter.platform?.length ? { platform: filter.platform } : {}),
    ...(filter.source?.length ? { source: filter.source } : {}),
    ...(filter.cause?.length ? { cause: filter.cause } : {}),
    ...(filter.site?.length ? { site: filter.site } : {}),
    ...(filter.city?.length ? { city: filter.city } : {}),
    ...(filter.player_version?.length ? { player_version: filter.player_version } : {}),
    ...(filter.playback?.length ? { playback: filter.playback } : {}),
    ...(filter.activated?.length ? { activated: filter.activated } : {}),
    ...(filter.work?.length ? { work: filter.work } : {}),
    ...(cursor === null ? {} : { cursor }),
  };
}

/** The first device that is not online for this cause. */
export async function firstDeviceOf(cause: Cause): Promise<Device | undefined> {
  return (await getDevices({ cause: [cause], limit: 1 })).items[0];
}

export const DEVICE_LISTS = ["devices", "list"] as const;

export function deviceListQuery(filter: DeviceFilter) {
  return infiniteQueryOptions({
    queryKey: [...DEVICE_LISTS, filter],
    queryFn: async ({ pageParam, signal }) => {
      const page = await getDevices(toParams(filter, PAGE_SIZE, pageParam), { signal });
      return { ...page, items: withRecentChanges(page.items, page.as_of) };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: DevicePage) => page.next_cursor,
    // The stream keeps rows true; refetching many pages on focus would only reorder what is being read.
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchInterval: (query) => (query.state.status === "error" ? RETRY_MS : false),
  });
}

export function useDeviceList(filter: DeviceFilter) {
  return useInfiniteQuery({ ...deviceListQuery(filter), placeholderData: keepPreviousData });
}

/** Counts of the present filter without its rows: they may change while the rows stay where they are. */
export function useDeviceCounts(filter: DeviceFilter, refetchIntervalMs: number | false) {
  return useQuery({
    queryKey: ["devices", "counts", filter],
    queryFn: ({ signal }) => getDevices(toParams(filter, 1, null), { signal }),
    enabled: refetchIntervalMs !== false,
    refetchInterval: refetchIntervalMs,
    placeholderData: keepPreviousData,
    select: ({ total, facets }) => ({ total, facets }),
  });
}

/** A few devices for the palette, without the list that the page keeps. */
export function useDevicesFound(search: string, status: Status | null, limit: number) {
  return useQuery({
    queryKey: ["devices", "found", search, status, limit],
    queryFn: async ({ signal }) => {
      const filter = { search, sort: "status", ...(status === null ? {} : { status: [status] }) };
      return (await getDevices(toParams(filter, limit, null), { signal })).items;
    },
    enabled: search.length > 1,
    placeholderData: keepPreviousData,
  });
}

/** The first devices of some sources with the counts of all, those in trouble on top. */
export function useDevicesOf(source: string[], limit: number) {
  return useQuery({
    queryKey: ["devices", "of", source, limit],
    queryFn: ({ signal }) => getDevices(toParams({ source, sort: "status" }, limit, null), { signal }),
    enabled: source.length > 0,
    refetchInterval: 10_000,
  });
}
