import { createColumnHelper, tableFeatures } from "@tanstack/react-table";
import type { Device } from "../../api/devices";
import { BriefAgo, Since } from "../../components/Ages";
import { StatusBadge } from "../../components/StatusBadge";
import { CauseText, DeviceLink, PlaybackText } from "./cells";
import type { SortField } from "./search";

/** At module scope: a new object on each render would make the table forget its row models. */
export const features = tableFeatures({});

const column = createColumnHelper<typeof features, Device>();

export const columns = column.columns([
  column.accessor("status", { cell: ({ getValue }) => <StatusBadge status={getValue()} /> }),
  column.accessor("name", { cell: ({ row }) => <DeviceLink device={row.original} index={row.index} /> }),
  column.accessor("status_since", {
    cell: ({ row }) => <Since at={row.original.status_since} isAtLeast={row.original.status_since_at_least === true} />,
  }),
  column.accessor("cause", { cell: ({ row }) => <CauseText device={row.original} /> }),
  column.accessor("source", { cell: ({ getValue }) => getValue() }),
  column.accessor("device_id", { cell: ({ getValue }) => <span className="mono">{getValue()}</span> }),
  column.accessor("last_seen", {
    cell: ({ getValue }) => {
      const at = getValue();
      return at ? <BriefAgo at={at} /> : <span className="dim">–</span>;
    },
  }),
  column.accessor("ip", {
    cell: ({ getValue }) => (getValue() ? <span className="mono">{getValue()}</span> : <span className="dim">–</span>),
  }),
  column.accessor("playback", { cell: ({ getValue }) => <PlaybackText playback={getValue()} /> }),
  column.accessor("platform", { cell: ({ getValue }) => <span className="dim">{getValue()}</span> }),
]);

export type ColumnId =
  | "status"
  | "name"
  | "status_since"
  | "cause"
  | "source"
  | "device_id"
  | "last_seen"
  | "ip"
  | "playback"
  | "platform";

/** How much room a column needs to be there at all; the drawer tells the rest. */
export type Room = "phone" | "desk" | "wide";

/** Pixels; a column without a width takes what is left. */
export const LOOKS: Record<ColumnId, { width?: number; sort?: SortField; from: Room }> = {
  status: { width: 124, sort: "status", from: "phone" },
  name: { sort: "name", from: "phone" },
  status_since: { width: 104, sort: "status_since", from: "phone" },
  cause: { width: 140, from: "desk" },
  source: { width: 132, sort: "source", from: "desk" },
  device_id: { width: 140, sort: "device_id", from: "desk" },
  last_seen: { width: 98, sort: "last_seen", from: "desk" },
  ip: { width: 122, from: "desk" },
  playback: { width: 88, from: "wide" },
  platform: { width: 98, sort: "platform", from: "wide" },
};
