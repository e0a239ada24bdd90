/** What a live update does to what is on screen. Pure; rows are replaced in place and never moved. */

import type { InfiniteData } from "@tanstack/react-query";
import { type Device, type DeviceFilter, type DevicePage, deviceKey } from "./devices";
import { NO_WORK, type Overview } from "./overview";

export type Tick = Pick<Overview, "as_of" | "prometheus_up" | "totals" | "in_work"> & { changed: number };

export type LoadedPages = InfiniteData<DevicePage, string | null>;

export function byKey(devices: readonly Device[]): ReadonlyMap<string, Device> {
  return new Map(devices.map((device) => [deviceKey(device), device]));
}

/** The same object when nothing on it changed, so that nothing renders again. */
export function patchPages(loaded: LoadedPages, changed: ReadonlyMap<string, Device>): LoadedPages {
  let touched = false;
  const pages = loaded.pages.map((page) => {
    if (!page.items.some((item) => changed.has(deviceKey(item)))) return page;
    touched = true;
    return { ...page, items: page.items.map((item) => changed.get(deviceKey(item)) ?? item) };
  });
  return touched ? { ...loaded, pages } : loaded;
}

export function patchOverview(overview: Overview, tick: Tick): Overview {
  const { as_of, prometheus_up, totals, in_work = NO_WORK } = tick;
  return { ...overview, as_of, prometheus_up, totals, in_work };
}

/** Keys of changed devices whose place in this list (or presence in it) the server would now decide differently. */
export function misplaced(filter: DeviceFilter, shown: readonly Device[], changed: readonly Device[]): string[] {
  const before = byKey(shown);
  const field = filter.sort.replace(/^-/, "") as keyof Device;
  return changed
    .filter((device) => {
      const old = before.get(deviceKey(device));
      const belongs = matches(filter, device);
      return old === undefined ? belongs : !belongs || old[field] !== device[field];
    })
    .map(deviceKey);
}

function matches(filter: DeviceFilter, device: Device): boolean {
  const allows = (chosen: string[] | undefined, value: string): boolean => !chosen?.length || chosen.includes(value);
  return (
    allows(filter.status, device.status) &&
    allows(filter.platform, device.platform) &&
    allows(filter.source, device.source) &&
    allows(filter.cause, device.cause ?? "") &&
    allows(filter.site, device.site ?? "") &&
    allows(filter.city, device.city ?? "") &&
    allows(filter.player_version, device.player_version ?? "") &&
    allows(filter.playback, device.playback ?? "unknown") &&
    allows(filter.activated, String(device.activated ?? "unknown")) &&
    allows(filter.work, device.work?.kind ?? "none") &&
    mentions(device, filter.search)
  );
}

/** Rougher than the server's search on purpose: it decides only whether to offer a refresh. */
function mentions(device: Device, search: string | undefined): boolean {
  if (!search) return true;
  const needle = search.toLocaleLowerCase();
  return [device.name, device.device_id, device.ip ?? "", device.city ?? "", device.site ?? ""].some((each) =>
    each.toLocaleLowerCase().includes(needle),
  );
}
