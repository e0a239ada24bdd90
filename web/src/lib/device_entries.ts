/** Lists of devices as people paste them: what is there twice, and what a file brings. */

import { type Entry, readEntries } from "./schema_form";

const HEADINGS = ["mac", "macs", "mac address", "mac-адрес", "device", "device_id", "устройство", "id"];

/** The first cell of each line of a table; a heading is left out. */
export function fileEntries(text: string): string[] {
  const cells = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .map((line) =>
      (line.split(/[,;\t]/, 1)[0] ?? "")
        .trim()
        .replace(/^"(.*)"$/, "$1")
        .trim(),
    )
    .filter((cell) => cell !== "");
  return HEADINGS.includes(cells[0]?.toLowerCase() ?? "") ? cells.slice(1) : cells;
}

/** Adds lines to those that are there. */
export function withEntries(text: string, more: readonly string[]): string {
  const head = text.trimEnd();
  return [...(head === "" ? [] : [head]), ...more].join("\n");
}

/** Entries that name a device of an earlier one; MAC addresses are written in three ways. */
export function repeatedEntries(text: string): Entry[] {
  return parted(text).repeated;
}

/** Each device once, one a line. */
export function withoutRepeated(text: string): string {
  return parted(text)
    .first.map((entry) => entry.text)
    .join("\n");
}

function parted(text: string): { first: Entry[]; repeated: Entry[] } {
  const seen = new Set<string>();
  const parts: { first: Entry[]; repeated: Entry[] } = { first: [], repeated: [] };
  for (const entry of readEntries(text)) {
    const device = spelling(entry.text);
    (seen.has(device) ? parts.repeated : parts.first).push(entry);
    seen.add(device);
  }
  return parts;
}

function spelling(device: string): string {
  const digits = device.replace(/[:-]/g, "");
  return /^[0-9A-Fa-f]{12}$/.test(digits) ? digits.toUpperCase() : device;
}
