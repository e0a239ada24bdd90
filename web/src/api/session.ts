import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { acceptToken, forgetToken, type SessionState, sessionState, subscribeToSession } from "./client";
import { getMe, postLogout, postMePassword, postToken } from "./generated/auth";

export type Me = Awaited<ReturnType<typeof getMe>>;
type PasswordChange = Parameters<typeof postMePassword>[0];

export interface Credentials {
  username: string;
  password: string;
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("vitrina-session");

/** Signing out in one tab signs out all of them. */
export function followOtherTabs(queryClient: QueryClient): () => void {
  const listener = (): void => {
    forgetToken();
    queryClient.clear();
  };
  channel?.addEventListener("message", listener);
  return () => channel?.removeEventListener("message", listener);
}

export function useSessionState(): SessionState {
  return useSyncExternalStore(subscribeToSession, sessionState);
}

const meQuery = queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => getMe({ signal }), staleTime: 60_000 });

export function useMe(): Me | undefined {
  return useQuery({ ...meQuery, enabled: useSessionState() === "active" }).data;
}

export function useIsAdmin(): boolean {
  return useMe()?.role === "admin";
}

export function useLogin() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => postToken(credentials),
    onSuccess: async (answer, credentials) => {
      const before = queryClient.getQueryData(meQuery.queryKey);
      // Somebody else at the same screen must not see what the one before was allowed to see.
      if (before !== undefined && before.username !== credentials.username) queryClient.clear();
      acceptToken(answer);
      await queryClient.invalidateQueries();
    },
  });
}

export function useLogout() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => postLogout(),
    onSettled: () => {
      channel?.postMessage("signed out");
      forgetToken();
      queryClient.clear();
    },
  });
}

export function useChangePassword() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: PasswordChange) => postMePassword(change),
    onSuccess: () => queryClient.invalidateQueries(meQuery),
  });
}
