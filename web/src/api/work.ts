import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { DEVICE_DETAILS, type DeviceDetail } from "./device";
import { DEVICE_LISTS, type Device, type DeviceFilter, type DeviceIdentity, deviceKey, toParams } from "./devices";
import { getDevices } from "./generated/gateway";
import { postWorkStatesBulk, WorkKind } from "./generated/registry";
import { type LoadedPages, patchPages } from "./live_patch";
import { overviewQuery } from "./overview";

export { WorkKind };
export type Work = NonNullable<Device["work"]>;
export type NewWork = NonNullable<Parameters<typeof postWorkStatesBulk>[0]["work"]>;
type Report = Awaited<ReturnType<typeof postWorkStatesBulk>>;
type Before = Report["before"][number];

/** One device, all of a site, or all that a list shows. */
export type WorkTarget =
  | { kind: "devices"; devices: DeviceIdentity[] }
  | { kind: "site"; site: string }
  | { kind: "list"; filter: DeviceFilter };

/** The registry takes as many at once. */
export const MOST_AT_ONCE = 20_000;
const PAGE = 1_000;

export function useSetWork() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ target, work }: { target: WorkTarget; work: NewWork | null }) => {
      if (target.kind === "site") return postWorkStatesBulk({ site: target.site, work });
      const devices = target.kind === "list" ? await devicesOf(target.filter) : target.devices.map(identityOf);
      return postWorkStatesBulk({ devices, work });
    },
    onSuccess: ({ before }, { work }) => show(queryClient, before, () => work),
  });
}

/** Puts each device back to what it was. */
export function useRestoreWork() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (before: Before[]) => {
      for (const [work, devices] of sameWork(before)) await postWorkStatesBulk({ devices, work });
    },
    onSuccess: (_, before) => show(queryClient, before, (key) => before.find((item) => deviceKey(item) === key)?.work),
  });
}

function sameWork(before: readonly Before[]): Map<NewWork | null, DeviceIdentity[]> {
  const groups = new Map<string, [NewWork | null, DeviceIdentity[]]>();
  for (const { work, ...device } of before) {
    const { by: _by, since: _since, ...said } = work ?? {};
    const wanted = work === null ? null : (said as NewWork);
    const group = groups.get(JSON.stringify(wanted)) ?? [wanted, []];
    group[1].push(identityOf(device));
    groups.set(JSON.stringify(wanted), group);
  }
  return new Map(groups.values());
}

async function devicesOf(filter: DeviceFilter): Promise<DeviceIdentity[]> {
  const found: DeviceIdentity[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof getDevices>> = await getDevices(toParams(filter, PAGE, cursor));
    found.push(...page.items.map(identityOf));
    cursor = page.next_cursor;
  } while (cursor !== null && found.length < MOST_AT_ONCE);
  return found;
}

function identityOf({ platform, source, device_id }: DeviceIdentity): DeviceIdentity {
  return { platform, source, device_id };
}

/** Said at once: the stream brings it a few seconds later. */
function show(
  queryClient: QueryClient,
  changed: readonly Before[],
  workOf: (key: string) => NewWork | null | undefined,
): void {
  const keys = new Set(changed.map(deviceKey));
  const now = new Date().toISOString();
  const told = <Known extends Device>(device: Known): Known => {
    const work = workOf(deviceKey(device));
    return { ...device, work: work ? { by: "", since: now, ...work } : null };
  };
  queryClient.setQueriesData<LoadedPages>({ queryKey: DEVICE_LISTS }, (loaded) => {
    if (loaded === undefined) return loaded;
    const shown = loaded.pages.flatMap(({ items }) => items).filter((device) => keys.has(deviceKey(device)));
    return patchPages(loaded, new Map(shown.map((device) => [deviceKey(device), told(device)])));
  });
  for (const key of keys) {
    queryClient.setQueryData<DeviceDetail>([...DEVICE_DETAILS, key], (detail) => detail && told(detail));
  }
  void queryClient.invalidateQueries(overviewQuery);
}
