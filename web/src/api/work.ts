import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ChosenDevices, identitiesOf, identityOf } from "./chosen_devices";
import { type Device, type DeviceIdentity, deviceKey } from "./devices";
import { postWorkStatesBulk, WorkKind } from "./generated/registry";
import { overviewQuery } from "./overview";
import { showChanged } from "./shown_devices";

export { WorkKind };
export type Work = NonNullable<Device["work"]>;
export type NewWork = NonNullable<Parameters<typeof postWorkStatesBulk>[0]["work"]>;
type Report = Awaited<ReturnType<typeof postWorkStatesBulk>>;
type Before = Report["before"][number];

/** Chosen devices, or all of a site. */
export type WorkTarget = ChosenDevices | { kind: "site"; site: string };

export function useSetWork() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ target, work }: { target: WorkTarget; work: NewWork | null }) => {
      if (target.kind === "site") return postWorkStatesBulk({ site: target.site, work });
      return postWorkStatesBulk({ devices: await identitiesOf(target), work });
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

function show(
  queryClient: QueryClient,
  changed: readonly Before[],
  workOf: (key: string) => NewWork | null | undefined,
): void {
  const now = new Date().toISOString();
  showChanged(queryClient, changed.map(deviceKey), (device) => {
    const work = workOf(deviceKey(device));
    return { ...device, work: work ? { by: "", since: now, ...work } : null };
  });
  void queryClient.invalidateQueries(overviewQuery);
}
