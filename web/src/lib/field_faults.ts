import { isApiError } from "../api/client";

/** What the server says about fields of what was sent, by their names below `place` (`receivers[2]`, or nothing). */
export function fieldFaults(error: unknown, place = ""): Record<string, string> {
  const faults = isApiError(error) ? error.errors : [];
  const prefix = place === "" ? "" : `${place}.`;
  return Object.fromEntries(
    faults.flatMap(({ field, message }) => {
      const path = field.replace(/^body\./, "");
      return path.startsWith(prefix) ? [[path.slice(prefix.length), message] as const] : [];
    }),
  );
}
