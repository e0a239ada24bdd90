/** Lines of a log as programs write them: JSON from ours, anything from somebody else's. */

export const LEVELS = ["debug", "info", "warning", "error"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  /** As it was written; also what a search looks in. */
  raw: string;
  at: string | null;
  level: Level;
  event: string;
  /** `name=value` of everything else. */
  rest: string;
}

export function readLine(raw: string): LogLine {
  const record = asRecord(raw);
  if (record === null) return { raw, at: null, level: guessedLevel(raw), event: raw, rest: "" };
  const { timestamp, level, event, ...others } = record;
  return {
    raw,
    at: typeof timestamp === "string" && !Number.isNaN(Date.parse(timestamp)) ? timestamp : null,
    level: levelOf(level),
    event: typeof event === "string" ? event : raw,
    rest: Object.entries(others)
      .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(" "),
  };
}

function asRecord(raw: string): Record<string, unknown> | null {
  if (!raw.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function levelOf(level: unknown): Level {
  const name = String(level).toLowerCase();
  if (name === "critical" || name === "fatal") return "error";
  if (name === "warn") return "warning";
  return LEVELS.find((each) => each === name) ?? "info";
}

function guessedLevel(raw: string): Level {
  if (/\b(error|critical|traceback|fatal)\b/i.test(raw)) return "error";
  return /\bwarn(ing)?\b/i.test(raw) ? "warning" : "info";
}

export function fits(line: LogLine, least: Level, search: string): boolean {
  return LEVELS.indexOf(line.level) >= LEVELS.indexOf(least) && line.raw.toLowerCase().includes(search.toLowerCase());
}

/** How many lines came after those that are held; the tail may have moved past all of them. */
export function countNew(held: readonly string[], now: readonly string[]): number {
  const last = held.at(-1);
  return last === undefined ? now.length : now.length - 1 - now.lastIndexOf(last);
}
