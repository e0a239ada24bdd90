import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  deleteUsersUsername,
  deleteUsersUsernameSessions,
  getUsers,
  patchUsersUsername,
  postUsers,
  postUsersUsernameResetPassword,
} from "./generated/auth";
import { ifMatch } from "./if_match";

export type User = Awaited<ReturnType<typeof getUsers>>["items"][number];
export type NewUser = Parameters<typeof postUsers>[0];
export type UserChange = Parameters<typeof patchUsersUsername>[1];

const MOST_USERS = 200;
export const USERS = ["users"] as const;

export function useUsers() {
  return useQuery({
    queryKey: USERS,
    queryFn: ({ signal }) => getUsers({ limit: MOST_USERS }, { signal }),
  });
}

function useAfterChange() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: USERS });
}

export function useCreateUser() {
  return useMutation({ mutationFn: (user: NewUser) => postUsers(user), onSuccess: useAfterChange() });
}

export function useUpdateUser() {
  return useMutation({
    mutationFn: ({ user, change }: { user: User; change: UserChange }) =>
      patchUsersUsername(user.username, change, ifMatch(user.revision)),
    onSettled: useAfterChange(),
  });
}

export function useDeleteUser() {
  return useMutation({
    mutationFn: (user: User) => deleteUsersUsername(user.username, ifMatch(user.revision)),
    onSettled: useAfterChange(),
  });
}

/** Answers with a password that is shown once and must be changed at the next sign-in. */
export function useResetPassword() {
  return useMutation({
    mutationFn: async (username: string) => (await postUsersUsernameResetPassword(username)).password,
    onSettled: useAfterChange(),
  });
}

export function useSignOutUser() {
  return useMutation({ mutationFn: (username: string) => deleteUsersUsernameSessions(username) });
}
