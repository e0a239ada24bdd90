import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Me } from "./claims";
import {
  acceptToken,
  currentMe,
  forgetToken,
  refresh,
  type SessionState,
  sessionState,
  subscribeToSession,
} from "./client";
import { postLogout, postLogoutEverywhere, postMePassword, postToken } from "./generated/auth";

type PasswordChange = Parameters<typeof postMePassword>[0];

export interface Credentials {
  username: string;
  password: string;
  /** Of the second factor, once it was asked for. */
  code?: string | undefined;
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

/** Who is signed in, from the token itself: asking for it would be one more request before the first page. */
export function useMe(): Me | undefined {
  return useSyncExternalStore(subscribeToSession, currentMe);
}

export function useIsAdmin(): boolean {
  return useMe()?.role === "admin";
}

export function useLogin() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ code, ...credentials }: Credentials) => postToken(code ? { ...credentials, code } : credentials),
    onSuccess: async (answer, credentials) => {
      const before = currentMe();
      // Somebody else at the same screen must not see what the one before was allowed to see.
      if (before !== undefined && before.username !== credentials.username) queryClient.clear();
      acceptToken(answer);
      await queryClient.invalidateQueries();
    },
  });
}

function useLeave(): () => void {
  const queryClient = useQueryClient();
  return () => {
    channel?.postMessage("signed out");
    forgetToken();
    queryClient.clear();
  };
}

export function useLogout() {
  return useMutation({ mutationFn: () => postLogout(), onSettled: useLeave() });
}

/** Ends every session of one's own, this one with them. */
export function useLeaveEverywhere() {
  return useMutation({ mutationFn: () => postLogoutEverywhere(), onSuccess: useLeave() });
}

export function useChangePassword() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: PasswordChange) => postMePassword(change),
    // The token at hand is still the one that allows nothing else.
    onSuccess: async () => {
      await refresh();
      await queryClient.invalidateQueries();
    },
  });
}
