import { Cause, type DeviceFilter, Status } from "../../api/devices";
import { defined, readList, readText } from "../../lib/url_state";

export const SORT_FIELDS = ["status", "name", "device_id", "source", "platform", "status_since", "last_seen"] as const;
export type SortField = (typeof SORT_FIELDS)[number];

/** Everything that the devices page shows, as it stands in the address. */
export interface DeviceSearch {
  search?: string;
  status?: Status[];
  platform?: string[];
  source?: string[];
  cause?: Cause[];
  sort?: string;
  /** Chosen instead of those that fit the width. */
  columns?: string[];
  /** Key of the device whose drawer is open. */
  device?: string;
}

/** Dark screens first, the newest on top. */
export const DEFAULT_SORT = "status";

/** Takes what fits and drops the rest: an old or mistyped link still opens the page. */
export function readDeviceSearch(raw: Record<string, unknown>): DeviceSearch {
  const status = readList(raw.status)?.filter((each): each is Status => each in Status);
  const cause = readList(raw.cause)?.filter((each): each is Cause => each in Cause);
  const sort = readText(raw.sort);
  return defined({
    search: readText(raw.search),
    status: status?.length ? status : undefined,
    platform: readList(raw.platform),
    source: readList(raw.source),
    cause: cause?.length ? cause : undefined,
    sort: sort !== undefined && sort !== DEFAULT_SORT && sortOf(sort) !== null ? sort : undefined,
    columns: readList(raw.columns),
    device: readText(raw.device),
  });
}

export function toFilter({ search, status, platform, source, cause, sort }: DeviceSearch): DeviceFilter {
  return { ...defined({ search, status, platform, source, cause }), sort: sort ?? DEFAULT_SORT };
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

export function isFiltered({ search, status, platform, source, cause }: DeviceSearch): boolean {
  return [search, status, platform, source, cause].some((each) => each !== undefined);
}
