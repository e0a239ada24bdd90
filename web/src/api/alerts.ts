import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { deleteSilencesSilenceId, getAlerts, getSilences, postSilences } from "./generated/gateway";

export type Alert = Awaited<ReturnType<typeof getAlerts>>["items"][number];
export type Silence = Awaited<ReturnType<typeof getSilences>>["items"][number];
export type Matcher = Silence["matchers"][number];
export type NewSilence = Parameters<typeof postSilences>[0];

const ALERTS = ["alerts"] as const;
const SILENCES = ["silences"] as const;
const EVERY_MS = 5_000;

export function useAlerts() {
  return useQuery({
    queryKey: ALERTS,
    // The watchdog and its like tell machines that the alerting lives.
    queryFn: async ({ signal }) =>
      (await getAlerts({ signal })).items.filter(
        ({ labels }) => labels.scope !== "helper" && labels.alertname !== "Watchdog",
      ),
    refetchInterval: EVERY_MS,
  });
}

export function useSilences() {
  return useQuery({
    queryKey: SILENCES,
    queryFn: async ({ signal }) => (await getSilences({ signal })).items,
    refetchInterval: EVERY_MS,
  });
}

function useAfterChange() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ALERTS }),
      queryClient.invalidateQueries({ queryKey: SILENCES }),
    ]);
}

export function useCreateSilence() {
  return useMutation({ mutationFn: (silence: NewSilence) => postSilences(silence), onSettled: useAfterChange() });
}

export function useExpireSilence() {
  return useMutation({ mutationFn: (id: string) => deleteSilencesSilenceId(id), onSettled: useAfterChange() });
}
