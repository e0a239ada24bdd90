import { type ChosenDevices, identitiesOf } from "./chosen_devices";
import { authorizedFetch } from "./client";
import { type DeviceFilter, toParams } from "./devices";
import { fileOf } from "./file";
import {
  getGetDevicesCsvUrl,
  getGetDevicesXlsxUrl,
  getPostDevicesCsvUrl,
  getPostDevicesXlsxUrl,
} from "./generated/gateway";
import { problemOf } from "./problem";

export type DeviceFile = "csv" | "xlsx";

const NEWLINE = 10;
const OF_FILTER = { csv: getGetDevicesCsvUrl, xlsx: getGetDevicesXlsxUrl };
const OF_CHOSEN = { csv: getPostDevicesCsvUrl, xlsx: getPostDevicesXlsxUrl };

/** All devices of a filter as a file; `onRows` hears how many lines of a CSV have come. A link could not carry the token. */
export async function fetchDevices(
  filter: DeviceFilter,
  kind: DeviceFile,
  language: string,
  onRows: (count: number) => void,
): Promise<Blob> {
  const { limit: _limit, ...params } = toParams(filter, 0, null);
  const response = await authorizedFetch(OF_FILTER[kind]({ ...params, language }));
  return kind === "csv" ? received(response, onRows) : fileOf(response);
}

/** The same of chosen devices. */
export async function fetchChosen(
  chosen: ChosenDevices,
  kind: DeviceFile,
  sort: string,
  language: string,
  onRows: (count: number) => void,
): Promise<Blob> {
  if (chosen.kind === "list" && chosen.except.size === 0) return fetchDevices(chosen.filter, kind, language, onRows);
  const response = await authorizedFetch(OF_CHOSEN[kind]({ sort, language }), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ devices: await identitiesOf(chosen) }),
  });
  return kind === "csv" ? received(response, onRows) : fileOf(response);
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
