import { queryOptions, useQuery } from "@tanstack/react-query";
import { getOverview } from "./generated/gateway";
import { useIsLive } from "./live_state";

export type Overview = Awaited<ReturnType<typeof getOverview>>;
export type SourceOverview = Overview["sources"][number];
export type DeviceChange = Overview["recent"][number];

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => getOverview({ signal }),
});

/** Kept fresh by the stream; polled as well, more often while there is no stream. */
export function useOverview() {
  const isLive = useIsLive();
  return useQuery({ ...overviewQuery, refetchInterval: isLive ? 30_000 : 5_000 });
}
