import type { AvailabilityGroup, AvailabilityQuestion } from "../../api/availability";
import { defined, readText } from "../../lib/url_state";

export const GROUPS = ["source", "site", "device"] as const satisfies readonly AvailabilityGroup[];

export interface AvailabilitySearch {
  from?: string;
  to?: string;
  group?: AvailabilityGroup;
  source?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

function readDay(value: unknown): string | undefined {
  const text = readText(value);
  return text !== undefined && DAY.test(text) ? text : undefined;
}

export function readAvailabilitySearch(raw: Record<string, unknown>): AvailabilitySearch {
  return defined({
    from: readDay(raw.from),
    to: readDay(raw.to),
    group: GROUPS.find((group) => group === raw.group),
    source: readText(raw.source),
  });
}

/** The last thirty closed days, unless the address says otherwise. Days are those of UTC. */
export function questionOf(search: AvailabilitySearch, nowMs: number): AvailabilityQuestion {
  const dayBefore = (days: number) => new Date(nowMs - days * DAY_MS).toISOString().slice(0, 10);
  return {
    from: search.from ?? dayBefore(USUAL_DAYS),
    to: search.to ?? dayBefore(1),
    group: search.group ?? "source",
    source: search.source,
  };
}
