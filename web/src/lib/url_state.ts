/**
 * The address is the state of a view. Values stand in it as plain text (`search=30785`, `status=offline,unknown`), not as
 * JSON, so that people can read, write and shorten links.
 */

export type RawSearch = Record<string, string>;

/** Lists become comma separated; what is empty or undefined leaves no trace. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(search)) {
    const text = Array.isArray(value)
      ? value.map(escaped).join(",")
      : value === undefined || value === null
        ? ""
        : String(value);
    if (text !== "") parts.push(`${encodeURIComponent(key)}=${readable(text)}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** A key given more than once reads like its comma separated form. */
export function parseSearch(text: string): RawSearch {
  const result: RawSearch = {};
  for (const [key, value] of new URLSearchParams(text)) {
    result[key] = key in result ? `${result[key]},${value}` : value;
  }
  return result;
}

/** Names of sites may hold commas, which separate values here. */
function escaped(value: unknown): string {
  return String(value).replaceAll("%", "%25").replaceAll(",", "%2C");
}

function unescaped(text: string): string {
  return text.replaceAll("%2C", ",").replaceAll("%25", "%");
}

/** Leaves the characters readable that a query may hold unescaped. */
function readable(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}

/** Reads a list from the address (text) or from a link within the page (an array). */
export function readList(value: unknown): string[] | undefined {
  const parts = Array.isArray(value)
    ? value.map(String)
    : typeof value === "string"
      ? value.split(",").map(unescaped)
      : [];
  const list = [...new Set(parts.map((part) => part.trim()))].filter((part) => part !== "");
  return list.length === 0 ? undefined : list;
}

export function readText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** An object without its undefined values, as exact optional properties want it. */
export function defined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
