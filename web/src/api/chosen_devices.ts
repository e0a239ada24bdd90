import { type DeviceFilter, type DeviceIdentity, deviceKey, toParams } from "./devices";
import { getDevices } from "./generated/gateway";

/** Devices named one by one, or all that a list holds but some. */
export type ChosenDevices =
  | { kind: "devices"; devices: DeviceIdentity[] }
  | { kind: "list"; filter: DeviceFilter; except: ReadonlySet<string> };

/** The server takes as many at once. */
export const MOST_AT_ONCE = 20_000;
const PAGE = 1_000;

export async function identitiesOf(chosen: ChosenDevices): Promise<DeviceIdentity[]> {
  if (chosen.kind === "devices") return chosen.devices.map(identityOf);
  const found: DeviceIdentity[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof getDevices>> = await getDevices(toParams(chosen.filter, PAGE, cursor));
    found.push(...page.items.filter((device) => !chosen.except.has(deviceKey(device))).map(identityOf));
    cursor = page.next_cursor;
  } while (cursor !== null && found.length <= MOST_AT_ONCE);
  return found;
}

export function identityOf({ platform, source, device_id }: DeviceIdentity): DeviceIdentity {
  return { platform, source, device_id };
}
