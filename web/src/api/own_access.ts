import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  deleteMeSessionsSessionId,
  deleteMeTokensTokenId,
  getMeSessions,
  getMeTokens,
  postMeTokens,
} from "./generated/auth";

export type OwnSession = Awaited<ReturnType<typeof getMeSessions>>["items"][number];
export type ApiToken = Awaited<ReturnType<typeof getMeTokens>>["items"][number];
export type NewApiToken = Parameters<typeof postMeTokens>[0];

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
