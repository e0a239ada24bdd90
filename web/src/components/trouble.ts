import type { Exporter } from "../api/exporters";

const SAYS_ALL = ["stopped", "pending"];

/** Why it does not run as it should, in the orchestrator's words; null where the phase itself says all. */
export function troubleOf({ observed }: Exporter): string | null {
  return observed == null || SAYS_ALL.includes(observed.phase) ? null : (observed.reason ?? null);
}
