/** Durations and instants in the words of a language, by `Intl` alone. */

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

type UnitName = (typeof UNITS)[number][0];

const unitFormats = new Map<string, Intl.NumberFormat>();

export type DurationStyle = "short" | "narrow";

function formatUnit(value: number, unit: UnitName, language: string, style: DurationStyle): string {
  const key = `${language} ${unit} ${style}`;
  let format = unitFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: style });
    unitFormats.set(key, format);
  }
  return format.format(value);
}

/** The two largest units that matter: `3 hr 12 min`, `5 days`; ten minutes or days need no finer one. */
export function formatDuration(seconds: number, language: string, style: DurationStyle = "short"): string {
  const total = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => total >= size);
  const largest = UNITS[first === -1 ? UNITS.length - 1 : first];
  if (largest === undefined) return "";
  const [unit, size] = largest;
  const count = Math.floor(total / size);
  const head = formatUnit(count, unit, language, style);
  const next = UNITS[first + 1];
  if (next === undefined || first === -1 || (count >= 10 && unit !== "hour")) return head;
  const rest = Math.floor((total % size) / next[1]);
  return rest === 0 ? head : `${head} ${formatUnit(rest, next[0], language, style)}`;
}

/** The largest unit alone, for tables: `18m`, `3 ч`. */
export function formatAge(seconds: number, language: string): string {
  const total = Math.max(0, Math.floor(seconds));
  const [unit, size] = UNITS.find(([, each]) => total >= each) ?? ["second", 1];
  return formatUnit(Math.floor(total / size), unit, language, "narrow");
}

/** `5 minutes ago`, `in 40 seconds`. */
export function formatRelative(seconds: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const magnitude = Math.abs(seconds);
  const [unit, size] = UNITS.find(([, each]) => magnitude >= each) ?? ["second", 1];
  return format.format(Math.trunc(seconds / size), unit);
}

const instantFormats = new Map<string, Intl.DateTimeFormat>();

function instantFormat(language: string, withDate: boolean): Intl.DateTimeFormat {
  const key = `${language} ${withDate}`;
  let format = instantFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, {
      ...(withDate ? { dateStyle: "medium" as const } : {}),
      timeStyle: "medium",
    });
    instantFormats.set(key, format);
  }
  return format;
}

/** Date and time in the viewer's time zone. */
export function formatInstant(iso: string, language: string): string {
  return instantFormat(language, true).format(new Date(iso));
}

export function formatTimeOfDay(iso: string, language: string): string {
  return instantFormat(language, false).format(new Date(iso));
}

export function secondsSince(iso: string, nowMs: number): number {
  return (nowMs - Date.parse(iso)) / 1000;
}

const numberFormats = new Map<string, Intl.NumberFormat>();

export function formatNumber(value: number, language: string): string {
  let format = numberFormats.get(language);
  if (format === undefined) {
    format = new Intl.NumberFormat(language);
    numberFormats.set(language, format);
  }
  return format.format(value);
}

/** Shares below one per cent must not read as none, nor 99.6 % as all. */
export function formatShare(part: number, whole: number, language: string): string {
  if (whole === 0) return "–";
  const share = part / whole;
  const rounded = share > 0.99 && share < 1 ? Math.floor(share * 1000) / 1000 : share;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(rounded);
}
