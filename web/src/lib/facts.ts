/** What people know of devices, as a form says it: fields that were left alone are not sent, so that they stay. */

import type { FaultOfServer } from "./schema_form";

export const FACT_FIELDS = [
  "site",
  "city",
  "address",
  "latitude",
  "longitude",
  "time_zone",
  "opening_hours",
  "contact",
  "replaces",
  "tags",
  "note",
] as const;
export type FactField = (typeof FACT_FIELDS)[number];

/** Text of each field; null where what is known is to be taken away. */
export type FactTexts = Partial<Record<FactField, string | null>>;
export type FactChanges = Partial<Record<FactField, string | number | string[] | null>>;

const NUMBERS: readonly FactField[] = ["latitude", "longitude"];

/** `known`: what stood in the form at first. */
export function changesOf(known: FactTexts, now: FactTexts): FactChanges {
  const changes: FactChanges = {};
  for (const field of FACT_FIELDS) {
    const before = known[field]?.trim() ?? "";
    const text = now[field] === undefined ? before : (now[field]?.trim() ?? null);
    if (text === before) continue;
    changes[field] = text === null || text === "" ? null : sent(field, text);
  }
  return changes;
}

function sent(field: FactField, text: string): string | number | string[] {
  if (field === "tags") return text.split(/[,|]/).flatMap((tag) => tag.trim() || []);
  // What is no number goes as text, so that the server's sentence about it reaches the person.
  const number = Number(text.replace(",", "."));
  return NUMBERS.includes(field) && Number.isFinite(number) ? number : text;
}

export function textsOf(facts: Partial<Record<FactField, unknown>>): FactTexts {
  return Object.fromEntries(
    FACT_FIELDS.flatMap((field) => {
      const value = facts[field];
      const text = Array.isArray(value) ? value.join(", ") : value == null ? "" : String(value);
      return text === "" ? [] : [[field, text]];
    }),
  );
}

/** The server names the line of each device: one sentence about a field is enough for all. */
export function faultsByField(errors: readonly FaultOfServer[]): {
  fields: Partial<Record<FactField, string>>;
  other: FaultOfServer[];
} {
  const fields: Partial<Record<FactField, string>> = {};
  const other: FaultOfServer[] = [];
  for (const error of errors) {
    const name = error.field.replace(/^line \d+, /, "").replace(/[.[].*$/, "");
    const field = FACT_FIELDS.find((each) => each === name);
    if (field === undefined) other.push(error);
    else fields[field] ??= error.message;
  }
  return { fields, other };
}
