import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  deleteMeSessionsSessionId,
  deleteMeTokensTokenId,
  getMe,
  getMeSessions,
  getMeTokens,
  postMeSecondFactor,
  postMeSecondFactorConfirm,
  postMeSecondFactorRemove,
  postMeTokens,
} from "./generated/auth";

export type OwnSession = Awaited<ReturnType<typeof getMeSessions>>["items"][number];
export type ApiToken = Awaited<ReturnType<typeof getMeTokens>>["items"][number];
export type NewApiToken = Parameters<typeof postMeTokens>[0];

const ACCOUNT = ["me", "account"] as const;
const SESSIONS = ["me", "sessions"] as const;
const TOKENS = ["me", "tokens"] as const;

export function useOwnSessions() {
  return useQuery({ queryKey: SESSIONS, queryFn: async ({ signal }) => (await getMeSessions({ signal })).items });
}

export function useEndSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteMeSessionsSessionId(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: SESSIONS }),
  });
}

export function useOwnTokens() {
  return useQuery({ queryKey: TOKENS, queryFn: async ({ signal }) => (await getMeTokens({ signal })).items });
}

export function useCreateToken() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (token: NewApiToken) => postMeTokens(token),
    onSettled: () => queryClient.invalidateQueries({ queryKey: TOKENS }),
  });
}

export function useDeleteToken() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteMeTokensTokenId(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: TOKENS }),
  });
}

/** What the token does not say: whether there is a second factor. */
export function useOwnAccount() {
  return useQuery({ queryKey: ACCOUNT, queryFn: ({ signal }) => getMe({ signal }) });
}

/** A secret for an authenticator app; it counts once its first code was sent. */
export function useBeginSecondFactor() {
  return useMutation({ mutationFn: (password: string) => postMeSecondFactor({ current_password: password }) });
}

/** Answers with the recovery codes, which are told once. */
export function useConfirmSecondFactor() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (code: string) => (await postMeSecondFactorConfirm({ code })).recovery_codes,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ACCOUNT }),
  });
}

export function useRemoveSecondFactor() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => postMeSecondFactorRemove({ current_password: password }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ACCOUNT }),
  });
}
