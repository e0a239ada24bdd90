import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  getExporters,
  getExporterTypes,
  Phase,
  patchExportersName,
  postExportersNameRestart,
} from "./generated/registry";
import { ifMatch } from "./if_match";

export { Phase };
export type Exporter = Awaited<ReturnType<typeof getExporters>>["items"][number];
export type ExporterType = Awaited<ReturnType<typeof getExporterTypes>>["items"][number];
export type SourceState = NonNullable<NonNullable<Exporter["observed"]>["sources"]>[number];
export type UnmatchedDevices = NonNullable<NonNullable<Exporter["observed"]>["unmatched"]>[number];

export const exportersQuery = queryOptions({
  queryKey: ["exporters"],
  queryFn: async ({ signal }) => (await getExporters({ limit: 1000, include: ["sources"] }, { signal })).items,
});

/** Phases come from the orchestrator and have no stream of their own, so they are asked for while somebody looks. */
export function useExporters() {
  return useQuery({ ...exportersQuery, refetchInterval: 3_000 });
}

export function useExporterTypes() {
  return useQuery({
    queryKey: ["exporter-types"],
    queryFn: async ({ signal }) => (await getExporterTypes({ signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSetExporterEnabled() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ exporter, enabled }: { exporter: Exporter; enabled: boolean }) =>
      patchExportersName(exporter.name, { enabled }, undefined, ifMatch(exporter.revision)),
    onSettled: () => queryClient.invalidateQueries(exportersQuery),
  });
}

export function useRestartExporter() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => postExportersNameRestart(name),
    onSettled: () => queryClient.invalidateQueries(exportersQuery),
  });
}
