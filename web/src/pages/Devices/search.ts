import { Cause, type DeviceFilter, Playback, Status } from "../../api/devices";
import { NOT_IN_WORK, WORK_VALUES, type WorkValue } from "../../lib/in_work";
import { defined, readList, readText } from "../../lib/url_state";

export const SORT_FIELDS = [
  "status",
  "name",
  "device_id",
  "source",
  "platform",
  "status_since",
  "last_seen",
  "cause",
  "site",
  "city",
  "ip",
  "external_ip",
  "player_version",
  "playback",
  "activated",
  "time_zone",
  "vendor_state",
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

/** Everything that the devices page shows, as it stands in the address. */
export interface DeviceSearch {
  search?: string;
  status?: Status[];
  platform?: string[];
  source?: string[];
  cause?: Cause[];
  site?: string[];
  city?: string[];
  player_version?: string[];
  playback?: Playback[];
  activated?: Activated[];
  /** Absent: devices that nobody takes care of yet. */
  work?: WorkValue[];
  sort?: string;
  /** Chosen instead of those that fit the width. */
  columns?: string[];
  /** Key of the device whose drawer is open. */
  device?: string;
}

/** `unknown`: the platform does not tell. */
export const ACTIVATED = ["true", "false", "unknown"] as const;
export type Activated = (typeof ACTIVATED)[number];

/** Dark screens first, the newest on top. */
export const DEFAULT_SORT = "status";

export type SetSearch = (
  next: { [Key in keyof DeviceSearch]?: DeviceSearch[Key] | undefined },
  how?: "push" | "replace",
) => void;

/** Takes what fits and drops the rest: an old or mistyped link still opens the page. */
export function readDeviceSearch(raw: Record<string, unknown>): DeviceSearch {
  const sort = readText(raw.sort);
  return defined({
    search: readText(raw.search),
    status: readChoices(raw.status, Object.values(Status)),
    platform: readList(raw.platform),
    source: readList(raw.source),
    cause: readChoices(raw.cause, Object.values(Cause)),
    site: readList(raw.site),
    city: readList(raw.city),
    player_version: readList(raw.player_version),
    playback: readChoices(raw.playback, Object.values(Playback)),
    activated: readChoices(raw.activated, ACTIVATED),
    work: readChoices(raw.work, WORK_VALUES),
    sort: sort !== undefined && sort !== DEFAULT_SORT && sortOf(sort) !== null ? sort : undefined,
    columns: readList(raw.columns),
    device: readText(raw.device),
  });
}

function readChoices<Choice extends string>(value: unknown, choices: readonly Choice[]): Choice[] | undefined {
  const known = readList(value)?.flatMap((each) => choices.filter((choice) => choice === each));
  return known?.length ? known : undefined;
}

/** What filters, without what only shows. */
export function filtersOf({ sort: _sort, columns: _columns, device: _device, ...filters }: DeviceSearch) {
  return filters;
}

export function toFilter(search: DeviceSearch): DeviceFilter {
  return { work: [NOT_IN_WORK], ...defined(filtersOf(search)), sort: search.sort ?? DEFAULT_SORT };
}

/** The same view without its filters. */
export function withoutFilters({ sort, columns }: DeviceSearch): DeviceSearch {
  return defined({ sort, columns });
}

export interface Sort {
  field: SortField;
  isDescending: boolean;
}

export function sortOf(text: string): Sort | null {
  const name = text.replace(/^-/, "");
  const field = SORT_FIELDS.find((each) => each === name);
  return field === undefined ? null : { field, isDescending: text.startsWith("-") };
}

/** Times begin with the newest, all else with the first; a second click turns it round. */
export function nextSort(current: string, field: SortField): string {
  const startsDescending = field === "status_since" || field === "last_seen";
  const first = startsDescending ? `-${field}` : field;
  const second = startsDescending ? field : `-${field}`;
  return current === first ? second : first;
}

/** Adds the value to a list filter, or takes it away. */
export function toggled<Value extends string>(list: readonly Value[] | undefined, value: Value): Value[] | undefined {
  const next = list?.includes(value) ? list.filter((each) => each !== value) : [...(list ?? []), value];
  return next.length === 0 ? undefined : next;
}

export function isFiltered(search: DeviceSearch): boolean {
  return Object.values(filtersOf(search)).some((each) => each !== undefined);
}
