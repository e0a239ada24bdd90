/** What a silence covers and how long it lasts. */

import type { Alert, Matcher } from "../api/alerts";

/** Labels by which people silence, the narrowest last; `source` is what a right is about, so it is always among them. */
const OFFERED = ["alertname", "exporter", "platform", "source", "site", "device_id"] as const;

export function offeredLabels(alert: Alert): string[] {
  return OFFERED.filter((name) => alert.labels[name] !== undefined && alert.labels[name] !== "");
}

export function matchersFor(alert: Alert, names: readonly string[]): Matcher[] {
  return names.map((name) => ({ name, value: alert.labels[name] ?? "", is_regex: false, is_equal: true }));
}

/** As Alertmanager does it: a label that is not there is empty, an expression fits the whole value. */
export function isMatched(alert: Pick<Alert, "labels">, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ name, value, is_regex: isRegex = false, is_equal: isEqual = true }) => {
    const present = alert.labels[name] ?? "";
    return (isRegex ? fits(value, present) : present === value) === isEqual;
  });
}

function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false; // Alertmanager's expressions are not quite ours: what cannot be read here counts nothing here
  }
}

export const LENGTHS = ["1h", "4h", "morning", "24h"] as const;
type TimeOfDay = `${number}:${number}`;
/** How long from now, or till the next such time where the person is. */
export type Length = (typeof LENGTHS)[number] | TimeOfDay;

const HOURS = { "1h": 1, "4h": 4, "24h": 24 } as const;
const MORNING = "09:00";

export function isTimeOfDay(text: string): text is TimeOfDay {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

export function endOf(length: Length, now: Date): Date {
  const time = length === "morning" ? MORNING : length;
  if (!isTimeOfDay(time)) return new Date(now.getTime() + HOURS[time] * 3_600_000);
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const end = new Date(now);
  end.setHours(hours, minutes, 0, 0);
  if (end <= now) end.setDate(end.getDate() + 1);
  return end;
}

export function matcherText({ name, value, is_regex: isRegex = false, is_equal: isEqual = true }: Matcher): string {
  const sign = isEqual ? (isRegex ? "=~" : "=") : isRegex ? "!~" : "!=";
  return `${name}${sign}${value}`;
}

/** Alertmanager takes values up to this long. */
const LONGEST_VALUE = 1_000;
/** More would bury the list of silences. */
export const MOST_SILENCES = 20;

interface Place {
  platform: string;
  source: string;
  device_id: string;
}

/** What silences the alerts about each of these devices: a set of matchers for each source, more where ids are many. */
export function deviceMatchers(devices: readonly Place[]): Matcher[][] {
  const bySource = new Map<string, Place[]>();
  for (const device of devices) {
    const key = `${device.platform}/${device.source}`;
    const places = bySource.get(key) ?? [];
    places.push(device);
    bySource.set(key, places);
  }
  return [...bySource.values()].flatMap((places) => {
    const { platform = "", source = "" } = places[0] ?? {};
    return idPatterns(places.map(({ device_id }) => device_id)).map(({ value, isRegex }) => [
      { name: "platform", value: platform, is_regex: false, is_equal: true },
      { name: "source", value: source, is_regex: false, is_equal: true },
      { name: "device_id", value, is_regex: isRegex, is_equal: true },
    ]);
  });
}

function idPatterns(ids: readonly string[]): { value: string; isRegex: boolean }[] {
  if (ids.length === 1) return [{ value: ids[0] ?? "", isRegex: false }];
  const patterns: string[] = [];
  for (const id of ids) {
    const escaped = id.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const last = patterns.at(-1);
    if (last !== undefined && last.length + 1 + escaped.length <= LONGEST_VALUE) {
      patterns[patterns.length - 1] = `${last}|${escaped}`;
    } else patterns.push(escaped);
  }
  return patterns.map((value) => ({ value, isRegex: true }));
}
