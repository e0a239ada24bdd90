import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { exportersQuery } from "./exporters";
import {
  deleteExportersNameSourcesSource,
  getExportersNameSourcesSource,
  patchExportersNameSourcesSource,
  postExportersNameSources,
  postExportersNameSourcesSourceTest,
  postExportersNameSourcesTest,
} from "./generated/registry";
import { ifMatch } from "./if_match";

export type Source = Awaited<ReturnType<typeof getExportersNameSourcesSource>>;
export type NewSource = Parameters<typeof postExportersNameSources>[1];
export type SourceChange = Parameters<typeof patchExportersNameSourcesSource>[2];

export type SourceCheck = Awaited<ReturnType<typeof postExportersNameSourcesTest>>;

/** What would happen: whether the vendor answers, and how the registry sees the settings. Nothing is stored. */
export interface Trial {
  check: SourceCheck;
  cycleSeconds: number;
  sharedDevices: number;
}

/** For the form: read once and not refreshed, so that nothing changes under the person's hands. */
export function useSourceForEdit(exporter: string, source: string) {
  return useQuery({
    queryKey: ["sources", exporter, source],
    queryFn: ({ signal }) => getExportersNameSourcesSource(exporter, source, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

function useAfterChange() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries(exportersQuery);
}

export function useCreateSource(exporter: string) {
  return useMutation({
    mutationFn: (source: NewSource) => postExportersNameSources(exporter, source),
    onSuccess: useAfterChange(),
  });
}

/** `revision` is the source's own, as it was when the person began. */
export function useUpdateSource(exporter: string) {
  return useMutation({
    mutationFn: (change: { name: string; revision: number; body: SourceChange }) =>
      patchExportersNameSourcesSource(exporter, change.name, change.body, undefined, ifMatch(change.revision)),
    onSettled: useAfterChange(),
  });
}

export function useDeleteSource(exporter: string) {
  return useMutation({
    mutationFn: (source: Source) =>
      deleteExportersNameSourcesSource(exporter, source.name, undefined, ifMatch(source.revision)),
    onSettled: useAfterChange(),
  });
}

/** The registry's check of settings: stores nothing, asks no vendor. */
export function dryRunNewSource(exporter: string, source: NewSource): Promise<Source> {
  return postExportersNameSources(exporter, source, { dry_run: true });
}

interface ConfigChange {
  name: string;
  revision: number;
  config: NewSource["config"];
}

/** The same of a source that is there. */
export function dryRunSavedSource(exporter: string, { name, revision, config }: ConfigChange): Promise<Source> {
  return patchExportersNameSourcesSource(exporter, name, { config }, { dry_run: true }, ifMatch(revision));
}

/** The registry's own check comes first: its refusal leads to fields and lines, and the vendor is spared. */
export function useTryNewSource(exporter: string) {
  return useMutation({
    mutationFn: async (source: NewSource): Promise<Trial> => {
      const dry = await dryRunNewSource(exporter, source);
      return trialOf(dry, await postExportersNameSourcesTest(exporter, { config: source.config }));
    },
  });
}

export function useTrySavedSource(exporter: string) {
  return useMutation({
    mutationFn: async (change: ConfigChange): Promise<Trial> => {
      const dry = await dryRunSavedSource(exporter, change);
      return trialOf(dry, await postExportersNameSourcesSourceTest(exporter, change.name, { config: change.config }));
    },
  });
}

function trialOf(dry: Source, check: SourceCheck): Trial {
  return { check, cycleSeconds: dry.cycle_seconds, sharedDevices: dry.shared_devices?.length ?? 0 };
}
