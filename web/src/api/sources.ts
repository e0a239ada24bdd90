import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { exportersQuery } from "./exporters";
import {
  deleteExportersNameSourcesSource,
  getExportersNameSources,
  getExportersNameSourcesSource,
  patchExportersNameSourcesSource,
  postExportersNameSources,
} from "./generated/registry";
import { ifMatch } from "./if_match";

export type Source = Awaited<ReturnType<typeof getExportersNameSourcesSource>>;
export type NewSource = Parameters<typeof postExportersNameSources>[1];
export type SourceChange = Parameters<typeof patchExportersNameSourcesSource>[2];

const sourcesKey = (exporter: string) => ["sources", exporter] as const;

export function useSources(exporter: string) {
  return useQuery({
    queryKey: sourcesKey(exporter),
    queryFn: async ({ signal }) => (await getExportersNameSources(exporter, { limit: 1000 }, { signal })).items,
    refetchInterval: 3_000,
  });
}

/** For the form: read once and not refreshed, so that nothing changes under the person's hands. */
export function useSourceForEdit(exporter: string, source: string) {
  return useQuery({
    queryKey: [...sourcesKey(exporter), "edit", source],
    queryFn: ({ signal }) => getExportersNameSourcesSource(exporter, source, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

function useAfterChange(exporter: string) {
  const queryClient = useQueryClient();
  return async (): Promise<void> => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: sourcesKey(exporter), exact: true }),
      queryClient.invalidateQueries(exportersQuery),
    ]);
  };
}

export function useCreateSource(exporter: string) {
  return useMutation({
    mutationFn: (source: NewSource) => postExportersNameSources(exporter, source),
    onSuccess: useAfterChange(exporter),
  });
}

/** `revision` is the source's own, as it was when the person began. */
export function useUpdateSource(exporter: string) {
  return useMutation({
    mutationFn: (change: { name: string; revision: number; body: SourceChange }) =>
      patchExportersNameSourcesSource(exporter, change.name, change.body, undefined, ifMatch(change.revision)),
    onSettled: useAfterChange(exporter),
  });
}

export function useDeleteSource(exporter: string) {
  return useMutation({
    mutationFn: (source: Source) =>
      deleteExportersNameSourcesSource(exporter, source.name, undefined, ifMatch(source.revision)),
    onSettled: useAfterChange(exporter),
  });
}
