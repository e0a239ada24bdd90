import { describe, expect, it } from "vitest";
import { rowsInSight, scrollTopFor } from "./window";

const ROW = 37;

describe("the rows in sight", () => {
  it("are few however many there are", () => {
    for (let scrollTop = 0; scrollTop < 3_700_000; scrollTop += 11_111) {
      const { from, to } = rowsInSight(scrollTop, 1_000, ROW, 100_000);
      expect(to - from).toBeLessThan(80);
    }
  });

  it("cover what the window shows, wherever it stands", () => {
    for (let scrollTop = 0; scrollTop < 40_000; scrollTop += 13) {
      const { from, to } = rowsInSight(scrollTop, 700, ROW, 1_000);
      expect(from * ROW).toBeLessThanOrEqual(scrollTop);
      expect(Math.min(to, 1_000) * ROW).toBeGreaterThanOrEqual(Math.min(scrollTop + 700, 1_000 * ROW));
    }
  });

  it("do not exceed a list that became shorter than the place scrolled to", () => {
    expect(rowsInSight(50_000, 700, ROW, 3)).toEqual({ from: 3, to: 3 });
    expect(rowsInSight(0, 700, ROW, 0)).toEqual({ from: 0, to: 0 });
  });

  it("stay the same while less than a row goes by", () => {
    expect(rowsInSight(1_000, 700, ROW, 1_000)).toEqual(rowsInSight(1_000 + ROW / 3, 700, ROW, 1_000));
  });
});

describe("a row that is asked for", () => {
  it("is brought to the nearest edge, below the header, and only if it is out of sight", () => {
    expect(scrollTopFor(2, 0, 700, ROW, 34)).toBe(0);
    expect(scrollTopFor(0, 500, 700, ROW, 34)).toBe(0);
    expect(scrollTopFor(20, 0, 700, ROW, 34)).toBe(21 * ROW + 34 - 700);
  });
});
