import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { deleteClientsClientId, getClients, postClients, postClientsClientIdSecret } from "./generated/auth";

export type ServiceClient = Awaited<ReturnType<typeof getClients>>["items"][number];
export type NewServiceClient = Parameters<typeof postClients>[0];

const CLIENTS = ["service-clients"] as const;

export function useServiceClients() {
  return useQuery({ queryKey: CLIENTS, queryFn: async ({ signal }) => (await getClients({ signal })).items });
}

function useAfterChange() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: CLIENTS });
}

/** Answers with the secret, which is told once. */
export function useCreateServiceClient() {
  return useMutation({ mutationFn: (client: NewServiceClient) => postClients(client), onSettled: useAfterChange() });
}

/** A new secret; the old one ends at once. */
export function useReplaceSecret() {
  return useMutation({ mutationFn: (id: string) => postClientsClientIdSecret(id), onSettled: useAfterChange() });
}

export function useDeleteServiceClient() {
  return useMutation({ mutationFn: (id: string) => deleteClientsClientId(id), onSettled: useAfterChange() });
}
