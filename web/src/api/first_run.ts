import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { changeFirstSteps, firstSteps, subscribeToFirstSteps } from "../lib/first_steps";
import { getUsers } from "./generated/auth";
import { getNotifications } from "./generated/registry";

const MOST_USERS = 200;

export function useFirstSteps() {
  return useSyncExternalStore(subscribeToFirstSteps, firstSteps);
}

/**
 * How far the installation is beyond its sources; undefined until that is known. One question at a time: the page asks
 * for three other things already.
 */
export function useFirstRun(): { hasManager: boolean | undefined; hasDelivery: boolean | undefined } {
  const { isManagerInvited } = useFirstSteps();
  const users = useQuery({
    queryKey: ["first-run", "users"],
    queryFn: ({ signal }) => getUsers({ limit: MOST_USERS }, { signal }),
    enabled: !isManagerInvited,
  });
  const notifications = useQuery({
    queryKey: ["first-run", "notifications"],
    queryFn: ({ signal }) => getNotifications({ signal }),
    enabled: isManagerInvited,
  });
  const hasManager = isManagerInvited || users.data?.items.some(({ role }) => role === "manager");
  useEffect(() => {
    if (hasManager && !isManagerInvited) changeFirstSteps({ isManagerInvited: true });
  }, [hasManager, isManagerInvited]);
  return { hasManager, hasDelivery: notifications.data && notifications.data.receivers.length > 0 };
}
