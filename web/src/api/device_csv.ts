import { type ChosenDevices, identitiesOf } from "./chosen_devices";
import { authorizedFetch } from "./client";
import { type DeviceFilter, toParams } from "./devices";
import { getGetDevicesCsvUrl, getPostDevicesCsvUrl } from "./generated/gateway";
import { problemOf } from "./problem";

const NEWLINE = 10;

/** All devices of a filter as a file; `onRows` hears how many lines have come. A link could not carry the token. */
export async function fetchDevicesCsv(
  filter: DeviceFilter,
  language: string,
  onRows: (count: number) => void,
): Promise<Blob> {
  const { limit: _limit, ...params } = toParams(filter, 0, null);
  return received(await authorizedFetch(getGetDevicesCsvUrl({ ...params, language })), onRows);
}

/** The same of chosen devices. */
export async function fetchChosenCsv(
  chosen: ChosenDevices,
  sort: string,
  language: string,
  onRows: (count: number) => void,
): Promise<Blob> {
  if (chosen.kind === "list" && chosen.except.size === 0) return fetchDevicesCsv(chosen.filter, language, onRows);
  const response = await authorizedFetch(getPostDevicesCsvUrl({ sort, language }), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ devices: await identitiesOf(chosen) }),
  });
  return received(response, onRows);
}

async function received(response: Response, onRows: (count: number) => void): Promise<Blob> {
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
