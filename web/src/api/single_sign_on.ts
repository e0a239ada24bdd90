import { useMutation, useQuery } from "@tanstack/react-query";
import { getSignInOptions, postOidcStart } from "./generated/auth";

/** The query parameter in which the server says why somebody was not let in. */
const REFUSAL = "sign-in";
const LONGEST_RETURN = 1000;

/** The company's provider, when one is set up. */
export function useProvider() {
  return useQuery({
    queryKey: ["sign-in-options"],
    queryFn: async ({ signal }) => (await getSignInOptions({ signal })).single_sign_on,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Leaves for the provider; the browser comes back to the page that it is on now. */
export function useLeaveForProvider() {
  return useMutation({
    mutationFn: () => postOidcStart({ return_to: presentPage() }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

export function refusalInAddress(): string | null {
  return new URLSearchParams(window.location.search).get(REFUSAL);
}

function presentPage(): string {
  const query = new URLSearchParams(window.location.search);
  query.delete(REFUSAL);
  const page = `${window.location.pathname}${query.size > 0 ? `?${query}` : ""}`;
  return page.length <= LONGEST_RETURN ? page : "/";
}
