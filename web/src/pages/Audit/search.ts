import type { AuditKind } from "../../api/audit";
import { defined, readText } from "../../lib/url_state";

export const KINDS = ["configuration", "people"] as const satisfies readonly AuditKind[];

export interface AuditSearch {
  kind?: AuditKind;
  who?: string;
  exporter?: string;
}

export function readAuditSearch(raw: Record<string, unknown>): AuditSearch {
  return defined({
    kind: raw.kind === "people" ? ("people" as const) : undefined,
    who: readText(raw.who),
    exporter: readText(raw.exporter),
  });
}
