import { useCallback, useMemo, useRef, useState } from "react";
import { type Device, type DeviceFilter, deviceKey } from "../../api/devices";
import { ALL_CHOSEN, isChosen, NOTHING_CHOSEN, rowsBetween, type Selection, withRows } from "../../lib/selection";

export interface RowChoice {
  selection: Selection;
  has: (key: string) => boolean;
  /** Ticks the row or ticks it off; with `isRange` all rows from the last one so ticked to it. */
  toggle: (index: number, isRange: boolean) => void;
  chooseAll: () => void;
  clear: () => void;
}

/** Rows that the person chose of this list; another filter is another list, of which nothing is chosen. */
export function useRowChoice(filter: DeviceFilter, devices: readonly Device[]): RowChoice {
  const list = JSON.stringify({ ...filter, sort: "" });
  const [kept, setKept] = useState({ list, selection: NOTHING_CHOSEN });
  const selection = kept.list === list ? kept.selection : NOTHING_CHOSEN;
  const lastKey = useRef<string | null>(null);
  const set = useCallback((next: Selection) => setKept({ list, selection: next }), [list]);

  const toggle = useCallback(
    (index: number, isRange: boolean) => {
      const device = devices[index];
      if (device === undefined) return;
      const key = deviceKey(device);
      const rows = isRange ? rowsBetween(devices.map(deviceKey), lastKey.current, key) : [key];
      lastKey.current = key;
      set(withRows(selection, rows, !isChosen(selection, key)));
    },
    [devices, selection, set],
  );
  return useMemo(
    () => ({
      selection,
      has: (key) => isChosen(selection, key),
      toggle,
      chooseAll: () => set(ALL_CHOSEN),
      clear: () => set(NOTHING_CHOSEN),
    }),
    [selection, toggle, set],
  );
}
