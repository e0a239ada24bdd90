import { useMutation, useQueryClient } from "@tanstack/react-query";
import { postInvitationsAccept, postToken, postUsersUsernameInvitation } from "./generated/auth";
import { USERS } from "./users";

/** The link to send to somebody: it works once, and what opens the door stands behind `#`, where no log sees it. */
export function useInvite() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (username: string) => {
      const { token } = await postUsersUsernameInvitation(username);
      return `${window.location.origin}/invite#${token}`;
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: USERS }),
  });
}

/** Sets the first password and signs in with it: the session is in the cookie then. */
export function useAcceptInvitation() {
  return useMutation({
    mutationFn: async ({ token, password }: { token: string; password: string }) => {
      const { username } = await postInvitationsAccept({ token, password });
      await postToken({ username, password });
    },
  });
}
