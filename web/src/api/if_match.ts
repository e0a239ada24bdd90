/** The revision that the writer saw, so that nobody's change is overwritten unseen. */
export function ifMatch(revision: number): RequestInit {
  return { headers: { "If-Match": `"${revision}"` } };
}
