import { queryOptions, useQuery } from "@tanstack/react-query";
import { getOverview } from "./generated/gateway";

export type Overview = Awaited<ReturnType<typeof getOverview>>;
export type SourceOverview = Overview["sources"][number];
export type DeviceChange = Overview["recent"][number];

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => getOverview({ signal }),
});

/** The stream keeps the totals fresh; how the sources are is not in it and has to be asked for. */
export function useOverview() {
  return useQuery({ ...overviewQuery, refetchInterval: 5_000 });
}
