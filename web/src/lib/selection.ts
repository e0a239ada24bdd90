/** Which rows of a list are chosen: some by their keys, or all that fit the list but some. */

export interface Selection {
  /** All that fit, those not loaded yet among them; `keys` are then the ones left out. */
  isAll: boolean;
  keys: ReadonlySet<string>;
}

export const NOTHING_CHOSEN: Selection = { isAll: false, keys: new Set() };
export const ALL_CHOSEN: Selection = { isAll: true, keys: new Set() };

export function isChosen({ isAll, keys }: Selection, key: string): boolean {
  return keys.has(key) !== isAll;
}

export function withRows(selection: Selection, rows: readonly string[], chosen: boolean): Selection {
  const { isAll } = selection;
  const keys = new Set(selection.keys);
  for (const key of rows) {
    if (chosen === isAll) keys.delete(key);
    else keys.add(key);
  }
  return { isAll, keys };
}

/** `total`: how many the list has. */
export function countOf({ isAll, keys }: Selection, total: number): number {
  return isAll ? Math.max(0, total - keys.size) : keys.size;
}

/** From one row to another, both included, in the order in which they stand; the row alone without a beginning. */
export function rowsBetween(order: readonly string[], from: string | null, to: string): string[] {
  const start = from === null ? -1 : order.indexOf(from);
  const end = order.indexOf(to);
  if (start === -1 || end === -1) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}
