import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getNotifications, postNotificationsReceiversNameTest, putNotifications } from "./generated/registry";
import { ifMatch } from "./if_match";

export type Notifications = Awaited<ReturnType<typeof getNotifications>>;
export type Receiver = Notifications["receivers"][number];
export type Route = Notifications["routes"][number];
export type TestMessage = Notifications["tests"][number];
export type Document = Pick<Notifications, "receivers" | "routes">;

const NOTIFICATIONS = ["notifications"] as const;
/** What has become of a change, or of a test message, is known seconds later. */
const SOON_MS = 1_500;
const EVERY_MS = 15_000;

export function useNotifications() {
  return useQuery({
    queryKey: NOTIFICATIONS,
    queryFn: ({ signal }) => getNotifications({ signal }),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? SOON_MS : EVERY_MS),
  });
}

function isUnderWay({ state, tests }: Notifications): boolean {
  return state === "waiting" || tests.some(({ outcome }) => outcome === "waiting");
}

/** All of them, as somebody saw them and changed them. */
export function useWriteNotifications() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ seen, document }: { seen: Notifications; document: Document }) =>
      putNotifications(document, undefined, ifMatch(seen.revision)),
    onSuccess: (written) => queryClient.setQueryData(NOTIFICATIONS, written),
    onError: () => queryClient.invalidateQueries({ queryKey: NOTIFICATIONS }),
  });
}

export function useTestReceiver() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => postNotificationsReceiversNameTest(name),
    onSettled: () => queryClient.invalidateQueries({ queryKey: NOTIFICATIONS }),
  });
}
