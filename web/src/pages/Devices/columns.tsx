import type { ReactNode } from "react";
import type { Device } from "../../api/devices";
import { BriefAgo, Since } from "../../components/Ages";
import { StatusBadge } from "../../components/StatusBadge";
import { ActivatedText, CauseText, DeviceLink, PlaybackText, WorkWord } from "./cells";
import type { SortField } from "./search";

/** How much room a column needs to be there unless somebody chose it. */
export type Room = "phone" | "desk" | "wide" | "chosen";

interface Column {
  /** Pixels; a column without a width takes what is left. */
  width?: number;
  sort?: SortField;
  from: Room;
  cell: (device: Device, index: number) => ReactNode;
}

const ABSENT = <span className="dim">–</span>;

function plain(value: string | null | undefined): ReactNode {
  return value ? <span title={value}>{value}</span> : ABSENT;
}

function mono(value: string | null | undefined): ReactNode {
  return value ? <span className="mono">{value}</span> : ABSENT;
}

/** In the order in which they stand. */
export const COLUMNS = {
  status: { width: 124, sort: "status", from: "phone", cell: ({ status }) => <StatusBadge status={status} /> },
  name: { sort: "name", from: "phone", cell: (device, index) => <DeviceLink device={device} index={index} /> },
  status_since: {
    width: 104,
    sort: "status_since",
    from: "phone",
    cell: (device) => <Since at={device.status_since} isAtLeast={device.status_since_at_least === true} />,
  },
  cause: { width: 140, sort: "cause", from: "desk", cell: (device) => <CauseText device={device} /> },
  source: { width: 132, sort: "source", from: "desk", cell: ({ source }) => plain(source) },
  device_id: { width: 140, sort: "device_id", from: "desk", cell: ({ device_id }) => mono(device_id) },
  last_seen: {
    width: 120,
    sort: "last_seen",
    from: "desk",
    cell: ({ last_seen }) => (last_seen ? <BriefAgo at={last_seen} /> : ABSENT),
  },
  ip: { width: 122, sort: "ip", from: "desk", cell: ({ ip }) => mono(ip) },
  playback: { width: 88, sort: "playback", from: "wide", cell: ({ playback }) => <PlaybackText playback={playback} /> },
  platform: {
    width: 98,
    sort: "platform",
    from: "wide",
    cell: ({ platform }) => <span className="dim">{platform}</span>,
  },
  work: { width: 140, from: "chosen", cell: ({ work }) => <WorkWord work={work} /> },
  site: { width: 150, sort: "site", from: "chosen", cell: ({ site }) => plain(site) },
  city: { width: 120, sort: "city", from: "chosen", cell: ({ city }) => plain(city) },
  player_version: {
    width: 96,
    sort: "player_version",
    from: "chosen",
    cell: ({ player_version }) => mono(player_version),
  },
  activated: {
    width: 92,
    sort: "activated",
    from: "chosen",
    cell: ({ activated }) => <ActivatedText activated={activated} />,
  },
  external_ip: { width: 122, sort: "external_ip", from: "chosen", cell: ({ external_ip }) => mono(external_ip) },
  time_zone: { width: 92, sort: "time_zone", from: "chosen", cell: ({ time_zone }) => plain(time_zone) },
  vendor_state: { width: 110, sort: "vendor_state", from: "chosen", cell: ({ vendor_state }) => mono(vendor_state) },
} satisfies Record<string, Column>;

export type ColumnId = keyof typeof COLUMNS;

export const COLUMN_IDS = Object.keys(COLUMNS) as ColumnId[];

export function columnOf(id: ColumnId): Column {
  return COLUMNS[id];
}

const ROOMS: Room[] = ["phone", "desk", "wide"];

/** A phone has no room for more than it shows anyhow; the drawer tells the rest. */
export function visibleColumns(room: Room, chosen: readonly string[] | undefined): ColumnId[] {
  if (room !== "phone" && chosen !== undefined) return COLUMN_IDS.filter((id) => id === "name" || chosen.includes(id));
  const reach = ROOMS.indexOf(room);
  return COLUMN_IDS.filter((id) => {
    const from = ROOMS.indexOf(COLUMNS[id].from);
    return from !== -1 && from <= reach;
  });
}
