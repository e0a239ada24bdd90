import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FactChanges } from "../lib/facts";
import { type ChosenDevices, identitiesOf, identityOf } from "./chosen_devices";
import { call, isApiError } from "./client";
import { type DeviceIdentity, deviceKey } from "./devices";
import { fetchFile } from "./file";
import {
  getFactsPlatformSourceDeviceId,
  getGetFactsCsvUrl,
  getPostFactsCsvUrl,
  postFactsBulk,
  type postFactsCsv,
} from "./generated/registry";
import { overviewQuery } from "./overview";
import { showChanged } from "./shown_devices";

export type FactsReport = Awaited<ReturnType<typeof postFactsCsv>>;
type BulkReport = Awaited<ReturnType<typeof postFactsBulk>>;
type Before = BulkReport["before"];

/** What is known of one device; nothing is no error. */
export function useKnownFacts(identity: DeviceIdentity | null) {
  return useQuery({
    queryKey: ["facts", identity && deviceKey(identity)],
    queryFn: async ({ signal }) => {
      if (identity === null) return {};
      try {
        return await getFactsPlatformSourceDeviceId(identity.platform, identity.source, identity.device_id, { signal });
      } catch (error) {
        if (isApiError(error) && error.status === 404) return {};
        throw error;
      }
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSetFacts() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ chosen, changes }: { chosen: ChosenDevices; changes: FactChanges }) =>
      postFactsBulk({ devices: await identitiesOf(chosen), set: changes }),
    onSuccess: ({ before }, { changes }) => show(queryClient, before, () => changes),
  });
}

/** Puts the named facts of each device back to what they were. */
export function useRestoreFacts() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ before, changes }: { before: Before; changes: FactChanges }) =>
      postFactsBulk({ devices: before.map((item) => ({ ...identityOf(item), set: named(item, changes) })) }),
    onSuccess: (_, { before, changes }) => {
      const known = new Map(before.map((item) => [deviceKey(item), named(item, changes)]));
      show(queryClient, before, (key) => known.get(key) ?? {});
    },
  });
}

function named(item: Before[number], changes: FactChanges): FactChanges {
  return Object.fromEntries(Object.keys(changes).map((field) => [field, item[field as keyof FactChanges] ?? null]));
}

function show(queryClient: QueryClient, changed: Before, factsOf: (key: string) => FactChanges): void {
  showChanged(queryClient, changed.map(deviceKey), (device) => {
    const { site = device.site, city = device.city } = factsOf(deviceKey(device)) as Pick<
      typeof device,
      "site" | "city"
    >;
    return { ...device, site, city };
  });
  void queryClient.invalidateQueries({ queryKey: ["facts"] });
  void queryClient.invalidateQueries(overviewQuery);
}

/** Everything that is known, as a table for spreadsheets. */
export function fetchFactsCsv(language: "ru" | "en"): Promise<Blob> {
  return fetchFile(getGetFactsCsvUrl({ language }));
}

/** As it came from the spreadsheet, in whatever encoding: the server reads it. With `isDry` nothing is stored. */
export function sendFactsCsv(table: Blob, isDry: boolean): Promise<FactsReport> {
  return call<FactsReport>(getPostFactsCsvUrl(isDry ? { dry_run: true } : undefined), {
    method: "POST",
    headers: { "Content-Type": "text/csv" },
    body: table,
  });
}
