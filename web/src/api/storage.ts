import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getStorage } from "./generated/gateway";
import { getOperations, postOperationsNumberCancel, postOperationsNumberRun } from "./generated/registry";

export type Operation = Awaited<ReturnType<typeof getOperations>>["items"][number];
export type OperationAct = "cancel" | "run";

const OPERATIONS = ["operations"] as const;
const EVERY_MS = 5_000;
const PAGE_SIZE = 50;

/** How much Prometheus has stored. */
export function useStorage() {
  return useQuery({ queryKey: ["storage"], queryFn: ({ signal }) => getStorage({ signal }) });
}

/** Removals of series, newest first. */
export function useOperations() {
  return useInfiniteQuery({
    queryKey: OPERATIONS,
    queryFn: ({ pageParam, signal }) =>
      getOperations(pageParam === null ? { limit: PAGE_SIZE } : { limit: PAGE_SIZE, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    refetchInterval: EVERY_MS,
  });
}

/** `cancel` keeps the series, `run` removes them now. */
export function useActOnOperation() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, act }: { id: number; act: OperationAct }) =>
      act === "cancel" ? postOperationsNumberCancel(id) : postOperationsNumberRun(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: OPERATIONS }),
  });
}
