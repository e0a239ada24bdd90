import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { deviceMatchers, MOST_SILENCES } from "../lib/silences";
import { type ChosenDevices, identitiesOf } from "./chosen_devices";
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

/** Answers with the ids of the silences; null when it would take too many, and then none is made. */
export function useSilenceDevices() {
  return useMutation({
    mutationFn: async ({ chosen, ...silence }: { chosen: ChosenDevices } & Omit<NewSilence, "matchers">) => {
      const each = deviceMatchers(await identitiesOf(chosen));
      if (each.length > MOST_SILENCES) return null;
      const made: string[] = [];
      for (const matchers of each) made.push((await postSilences({ ...silence, matchers })).id);
      return made;
    },
    onSettled: useAfterChange(),
  });
}

export function useExpireSilence() {
  return useMutation({ mutationFn: (id: string) => deleteSilencesSilenceId(id), onSettled: useAfterChange() });
}
