import type { QueryClient } from "@tanstack/react-query";
import { DEVICE_DETAILS, type DeviceDetail } from "./device";
import { DEVICE_LISTS, type Device, deviceKey } from "./devices";
import { type LoadedPages, patchPages } from "./live_patch";

/** Shows at once what was just said of devices, wherever they are on screen: the stream brings it a few seconds later. */
export function showChanged(
  queryClient: QueryClient,
  keys: readonly string[],
  told: <Known extends Device>(device: Known) => Known,
): void {
  const changed = new Set(keys);
  queryClient.setQueriesData<LoadedPages>({ queryKey: DEVICE_LISTS }, (loaded) => {
    if (loaded === undefined) return loaded;
    const shown = loaded.pages.flatMap(({ items }) => items).filter((device) => changed.has(deviceKey(device)));
    return patchPages(loaded, new Map(shown.map((device) => [deviceKey(device), told(device)])));
  });
  for (const key of changed) {
    queryClient.setQueryData<DeviceDetail>([...DEVICE_DETAILS, key], (detail) => detail && told(detail));
  }
}
