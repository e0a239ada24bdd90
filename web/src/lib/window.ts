/** Which rows of equal height are in sight. Arithmetic: a virtualiser for rows of any height costs 10 kB of first load. */

export interface RowWindow {
  /** First row to render, and the one after the last. */
  from: number;
  to: number;
}

const OVERSCAN = 12;
/** So that a step of the scroll changes nothing until several rows have gone by. */
const STEP = 4;

export function rowsInSight(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const from = Math.max(0, first - OVERSCAN - (first % STEP));
  const to = Math.min(count, first - (first % STEP) + STEP + Math.ceil(height / rowHeight) + OVERSCAN);
  return { from: Math.min(from, to), to };
}

/** Where to scroll so that the row is in sight; the present place when it is already. `header` covers the top. */
export function scrollTopFor(
  index: number,
  scrollTop: number,
  height: number,
  rowHeight: number,
  header: number,
): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight + header;
  return bottom > scrollTop + height ? bottom - height : scrollTop;
}
