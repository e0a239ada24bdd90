import { useQuery } from "@tanstack/react-query";
import { getExportersNameLogs } from "./generated/registry";

/** As many as are read at once; older ones are in the files of the exporter's runtime. */
const TAIL = 1_000;
const EVERY_MS = 2_000;

export function useLogs(exporter: string) {
  return useQuery({
    queryKey: ["logs", exporter],
    queryFn: async ({ signal }) => (await getExportersNameLogs(exporter, { tail: TAIL }, { signal })).lines,
    refetchInterval: EVERY_MS,
    gcTime: 0,
  });
}
