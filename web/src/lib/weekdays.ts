/** Days of the week as the API has them, and their names in the reader's language. */

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Day = (typeof DAYS)[number];

export const WORKING_DAYS: readonly Day[] = DAYS.slice(0, 5);

/** A Monday. */
const FIRST = Date.UTC(2024, 0, 1);

export function dayName(day: Day, language: string): string {
  const instant = new Date(FIRST + DAYS.indexOf(day) * 86_400_000);
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(instant);
}

/** `09:00:00` as people write it. */
export function clock(time: string): string {
  return time.slice(0, 5);
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
