import { authorizedFetch } from "./client";
import { type DeviceFilter, toParams } from "./devices";
import { getGetDevicesCsvUrl } from "./generated/gateway";
import { problemOf } from "./problem";

const NEWLINE = 10;

/** All devices of a filter as a file; `onRows` hears how many lines have come. A link could not carry the token. */
export async function fetchDevicesCsv(
  filter: DeviceFilter,
  language: string,
  onRows: (count: number) => void,
): Promise<Blob> {
  const { limit: _limit, ...params } = toParams(filter, 0, null);
  const response = await authorizedFetch(getGetDevicesCsvUrl({ ...params, language: language === "ru" ? "ru" : "en" }));
  if (!response.ok || response.body === null) throw await problemOf(response);
  const parts: BlobPart[] = [];
  let lines = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    for (const byte of part.value) if (byte === NEWLINE) lines += 1;
    onRows(Math.max(0, lines - 1));
  }
  return new Blob(parts, { type: "text/csv" });
}
