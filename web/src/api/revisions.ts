import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Exporter } from "./exporters";
import {
  getExportersNameRevisions,
  getExportersNameSourcesSource,
  getExportersNameSourcesSourceRevisions,
  postExportersNameRevisionsRevisionRevert,
  postExportersNameSourcesSourceRevisionsRevisionRevert,
} from "./generated/registry";
import { ifMatch } from "./if_match";

export type Revision = Awaited<ReturnType<typeof getExportersNameRevisions>>["items"][number];
export type Difference = Revision["diff"][number];

const SHOWN = 30;

/** Of the exporter itself, or of one of its sources. Newest first. */
export function useRevisions(exporter: string, source: string | null) {
  return useQuery({
    queryKey: ["revisions", exporter, source],
    queryFn: async ({ signal }) => {
      const page =
        source === null
          ? await getExportersNameRevisions(exporter, { limit: SHOWN }, { signal })
          : await getExportersNameSourcesSourceRevisions(exporter, source, { limit: SHOWN }, { signal });
      return page.items;
    },
  });
}

export function useRevert(exporter: Exporter, source: string | null) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (revision: number): Promise<void> => {
      if (source === null) {
        const match = ifMatch(exporter.revision);
        await postExportersNameRevisionsRevisionRevert(exporter.name, revision, undefined, match);
        return;
      }
      const present = await getExportersNameSourcesSource(exporter.name, source);
      const match = ifMatch(present.revision);
      await postExportersNameSourcesSourceRevisionsRevisionRevert(exporter.name, source, revision, undefined, match);
    },
    onSettled: () => queryClient.invalidateQueries(),
  });
}
