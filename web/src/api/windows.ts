import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Matcher } from "./alerts";
import { postSilencesMatches } from "./generated/gateway";
import { deleteWindowsName, getWindows, postWindows, putWindowsName } from "./generated/registry";
import { ifMatch } from "./if_match";

export type MaintenanceWindow = Awaited<ReturnType<typeof getWindows>>["items"][number];
export type NewWindow = Parameters<typeof postWindows>[0];

const WINDOWS = ["windows"] as const;

export function useWindows() {
  return useQuery({ queryKey: WINDOWS, queryFn: async ({ signal }) => (await getWindows({ signal })).items });
}

/** How many alerts and devices these fit now; asked again with every change of them. */
export function useMatches(matchers: readonly Matcher[]) {
  return useQuery({
    queryKey: ["silence-matches", matchers],
    queryFn: ({ signal }) => postSilencesMatches({ matchers: [...matchers] }, { signal }),
    enabled: matchers.length > 0,
    placeholderData: (before) => before,
    retry: false,
  });
}

function useAfterChange() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: WINDOWS });
}

/** A new one, or `before` as a whole. */
export function useWriteWindow() {
  return useMutation({
    mutationFn: ({ before, window }: { before: MaintenanceWindow | null; window: NewWindow }) => {
      if (before === null) return postWindows(window);
      const { name, ...plan } = window;
      return putWindowsName(name, plan, undefined, ifMatch(before.revision));
    },
    onSettled: useAfterChange(),
  });
}

export function useDeleteWindow() {
  return useMutation({
    mutationFn: ({ name, revision }: MaintenanceWindow) => deleteWindowsName(name, undefined, ifMatch(revision)),
    onSettled: useAfterChange(),
  });
}
