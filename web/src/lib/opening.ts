const DAY_MS = 86_400_000;

/** When a closed place opens, read off the clock on its own wall: `10:00`, with the day when that is more than a day away. */
export function formatOpening(until: string, language: string, nowMs: number): string {
  const time = until.slice(11, 16);
  if (Date.parse(until) - nowMs <= DAY_MS) return time;
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  return `${day.format(new Date(`${until.slice(0, 10)}T00:00:00Z`))}, ${time}`;
}
