import { useMediaQuery } from "@mantine/hooks";
import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Device, deviceKey } from "../../api/devices";
import { IconArrowDown, IconArrowUp } from "../../components/icons";
import { useShortcuts } from "../../components/shortcuts";
import { type ColumnId, columns, features, LOOKS, type Room } from "./columns";
import classes from "./DeviceTable.module.css";
import { nextSort, type SortField, sortOf } from "./search";

interface DeviceTableProps {
  devices: Device[];
  total: number;
  sort: string;
  openKey: string | undefined;
  isOutdated: boolean;
  hasMore: boolean;
  scrollRef: RefObject<HTMLDivElement | null>;
  onSort: (sort: string) => void;
  onOpen: (device: Device) => void;
  onNearEnd: () => void;
}

const ROW_HEIGHT = 37;
const PHONE_ROW_HEIGHT = 56;
const NEAR_END_ROWS = 25;
const ROOMS: Room[] = ["phone", "desk", "wide"];

function useRoom(): Room {
  const isPhone = useMediaQuery("(max-width: 760px)", false, { getInitialValueInEffect: false });
  const isWide = useMediaQuery("(min-width: 1560px)", false, { getInitialValueInEffect: false });
  if (isPhone) return "phone";
  return isWide ? "wide" : "desk";
}

/** Only the rows in sight are in the document; screen readers are told the whole count and each row's place in it. */
export function DeviceTable(props: DeviceTableProps) {
  const { devices, total, sort, openKey, isOutdated, hasMore, scrollRef, onSort, onOpen, onNearEnd } = props;
  const { t } = useTranslation();
  const room = useRoom();
  const rowHeight = room === "phone" ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const table = useTable({ features, columns, data: devices, getRowId: deviceKey });
  const rows = table.getRowModel().rows;
  const shows = (id: string): boolean => ROOMS.indexOf(LOOKS[id as ColumnId].from) <= ROOMS.indexOf(room);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  useEffect(() => {
    if (rowHeight > 0) virtualizer.measure();
  }, [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - NEAR_END_ROWS) onNearEnd();
  }, [hasMore, lastShown, rows.length, onNearEnd]);
  useRowKeys(scrollRef, rows.length, (index) => virtualizer.scrollToIndex(index));

  const above = items[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  const columnCount = Object.keys(LOOKS).filter(shows).length;
  return (
    <table
      className={classes.table}
      aria-label={t("devices.table")}
      aria-rowcount={total + 1}
      data-outdated={isOutdated || undefined}
    >
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} aria-rowindex={1}>
            {group.headers.map(
              ({ id }) => shows(id) && <HeaderCell key={id} id={id as ColumnId} sort={sort} onSort={onSort} />,
            )}
          </tr>
        ))}
      </thead>
      <tbody>
        {above > 0 && <Spacer height={above} span={columnCount} />}
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <tr
              key={row.id}
              className={classes.row}
              style={{ height: rowHeight }}
              aria-rowindex={item.index + 2}
              data-device={row.id}
              data-status={row.original.status}
              data-open={row.id === openKey || undefined}
              onClick={(event) => {
                if (!(event.target as Element).closest("a") && !window.getSelection()?.toString()) onOpen(row.original);
              }}
            >
              {row.getAllCells().map(
                (cell) =>
                  shows(cell.column.id) && (
                    <td key={cell.id} data-column={cell.column.id}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ),
              )}
            </tr>
          );
        })}
        {below > 0 && <Spacer height={below} span={columnCount} />}
      </tbody>
    </table>
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without a handler takes no focus
    <tr aria-hidden="true" className={classes.spacer}>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

interface HeaderCellProps {
  id: ColumnId;
  sort: string;
  onSort: (sort: string) => void;
}

function HeaderCell({ id, sort, onSort }: HeaderCellProps) {
  const { t } = useTranslation();
  const { width, sort: field } = LOOKS[id];
  const label = t(`devices.column.${id}`);
  const current = sortOf(sort);
  const isCurrent = field !== undefined && current?.field === field;
  const direction = current?.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" style={width === undefined ? undefined : { width }} aria-sort={isCurrent ? direction : undefined}>
      {field === undefined ? label : <SortButton {...{ label, field, sort, onSort, isCurrent, direction }} />}
    </th>
  );
}

interface SortButtonProps {
  label: string;
  field: SortField;
  sort: string;
  onSort: (sort: string) => void;
  isCurrent: boolean;
  direction: "ascending" | "descending";
}

function SortButton({ label, field, sort, onSort, isCurrent, direction }: SortButtonProps) {
  const { t } = useTranslation();
  const Arrow = direction === "descending" ? IconArrowDown : IconArrowUp;
  return (
    <button
      type="button"
      className={classes.sort}
      data-current={isCurrent || undefined}
      title={t("devices.sortBy", { column: label })}
      onClick={() => onSort(nextSort(sort, field))}
    >
      {label} <Arrow size={13} aria-hidden />
    </button>
  );
}

/** `j` and `k` walk through the rows, also past those in the document. */
function useRowKeys(scrollRef: RefObject<HTMLDivElement | null>, count: number, reveal: (index: number) => void): void {
  const wanted = useRef<number | null>(null);
  const focusWanted = (): void => {
    if (wanted.current === null) return;
    const link = scrollRef.current?.querySelector<HTMLElement>(`a[data-row="${wanted.current}"]`);
    if (!link) return;
    wanted.current = null;
    link.focus({ preventScroll: true });
  };
  useEffect(focusWanted); // a row that was out of sight is there after the next render
  const step = (by: number): void => {
    const focused = document.activeElement?.getAttribute("data-row");
    const index = focused == null ? 0 : Math.min(count - 1, Math.max(0, Number(focused) + by));
    if (count === 0) return;
    wanted.current = index;
    reveal(index);
    focusWanted();
  };
  useShortcuts({ j: () => step(1), k: () => step(-1) });
}
