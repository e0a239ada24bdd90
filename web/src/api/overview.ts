import { queryOptions, useQuery } from "@tanstack/react-query";
import { getOverview } from "./generated/gateway";

export type Overview = Awaited<ReturnType<typeof getOverview>>;
export type SourceOverview = Overview["sources"][number];
export type DeviceChange = Overview["recent"][number];

export const NO_WORK = { online: 0, offline: 0, unknown: 0 };

/** Counts of the devices that nobody takes care of yet, and how many others are not online. */
export function attention({ totals, in_work: worked = NO_WORK }: Overview) {
  const { online, offline, unknown } = totals;
  return {
    online: online - worked.online,
    offline: offline - worked.offline,
    unknown: unknown - worked.unknown,
    inWork: worked.online + worked.offline + worked.unknown,
  };
}

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => getOverview({ signal }),
});

/** The stream keeps the totals fresh; how the sources are is not in it and has to be asked for. */
export function useOverview() {
  return useQuery({ ...overviewQuery, refetchInterval: 5_000 });
}
