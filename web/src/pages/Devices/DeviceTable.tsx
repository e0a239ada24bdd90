import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Device, deviceKey } from "../../api/devices";
import { IconArrowDown, IconArrowUp } from "../../components/icons";
import { useShortcuts } from "../../components/shortcuts";
import { type ColumnId, columnOf, visibleColumns } from "./columns";
import classes from "./DeviceTable.module.css";
import { useRoom } from "./room";
import type { RowChoice } from "./row_choice";
import { useRowWindow } from "./row_window";
import { nextSort, type SortField, sortOf } from "./search";
import { ChooseAll, ChooseRow } from "./select_cells";

interface DeviceTableProps {
  devices: Device[];
  total: number;
  choice: RowChoice;
  sort: string;
  openKey: string | undefined;
  chosenColumns: readonly string[] | undefined;
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

/** Only the rows in sight are in the document; screen readers are told the whole count and each row's place in it. */
export function DeviceTable(props: DeviceTableProps) {
  const { devices, total, choice, sort, openKey, chosenColumns, isOutdated, hasMore, scrollRef } = props;
  const { onSort, onOpen, onNearEnd } = props;
  const { t } = useTranslation();
  const room = useRoom();
  const rowHeight = room === "phone" ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
  const columns = visibleColumns(room, chosenColumns);
  const isChoosing = room !== "phone";
  const span = columns.length + (isChoosing ? 1 : 0);
  const { from, to, reveal } = useRowWindow(scrollRef, devices.length, rowHeight);
  useEffect(() => {
    if (hasMore && to >= devices.length - NEAR_END_ROWS) onNearEnd();
  }, [hasMore, to, devices.length, onNearEnd]);
  useRowKeys(scrollRef, devices.length, reveal, isChoosing ? choice.toggle : null);

  return (
    <table
      className={classes.table}
      aria-label={t("devices.table")}
      aria-rowcount={total + 1}
      data-outdated={isOutdated || undefined}
    >
      <thead>
        <tr aria-rowindex={1}>
          {isChoosing && <ChooseAll choice={choice} total={total} />}
          {columns.map((id) => (
            <HeaderCell key={id} id={id} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {from > 0 && <Spacer height={from * rowHeight} span={span} />}
        {devices.slice(from, to).map((device, place) => {
          const index = from + place;
          const key = deviceKey(device);
          return (
            <tr
              key={key}
              className={classes.row}
              style={{ height: rowHeight }}
              aria-rowindex={index + 2}
              data-device={key}
              data-status={device.status}
              data-open={key === openKey || undefined}
              data-chosen={choice.has(key) || undefined}
              onClick={(event) => {
                const isOnControl = (event.target as Element).closest("a, label") !== null;
                if (!isOnControl && !window.getSelection()?.toString()) onOpen(device);
              }}
            >
              {isChoosing && <ChooseRow name={device.name} index={index} isChosen={choice.has(key)} choice={choice} />}
              {columns.map((id) => (
                <td key={id} data-column={id}>
                  {columnOf(id).cell(device, index)}
                </td>
              ))}
            </tr>
          );
        })}
        {to < devices.length && <Spacer height={(devices.length - to) * rowHeight} span={span} />}
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
  const { width, sort: field } = columnOf(id);
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

/** `j` and `k` walk through the rows, also past those in the document; `x` chooses one, with Shift all up to it. */
function useRowKeys(
  scrollRef: RefObject<HTMLDivElement | null>,
  count: number,
  reveal: (index: number) => void,
  onChoose: RowChoice["toggle"] | null,
): void {
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
  const choose = (isRange: boolean): void => {
    const focused = document.activeElement?.getAttribute("data-row");
    if (focused != null) onChoose?.(Number(focused), isRange);
  };
  useShortcuts({ j: () => step(1), k: () => step(-1), x: () => choose(false), "shift x": () => choose(true) });
}
