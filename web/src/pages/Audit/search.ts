import { defined, readText } from "../../lib/url_state";

export const KINDS = ["configuration", "people"] as const;
export type AuditKind = (typeof KINDS)[number];

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
