import { describe, expect, it } from "vitest";
import { ALL_CHOSEN, countOf, isChosen, NOTHING_CHOSEN, rowsBetween, withRows } from "./selection";

describe("chosen rows", () => {
  it("are those that were ticked, until they are ticked off", () => {
    const some = withRows(NOTHING_CHOSEN, ["a", "b"], true);
    expect([isChosen(some, "a"), isChosen(some, "c"), countOf(some, 100)]).toEqual([true, false, 2]);
    expect(countOf(withRows(some, ["a"], false), 100)).toBe(1);
  });

  it("can be all that fit but some, whatever is loaded", () => {
    const most = withRows(ALL_CHOSEN, ["a"], false);
    expect([isChosen(most, "a"), isChosen(most, "never seen"), countOf(most, 4_812)]).toEqual([false, true, 4_811]);
    expect(countOf(withRows(most, ["a"], true), 4_812)).toBe(4_812);
  });

  it("reach from one row to another in either direction", () => {
    const order = ["a", "b", "c", "d"];
    expect(rowsBetween(order, "b", "d")).toEqual(["b", "c", "d"]);
    expect(rowsBetween(order, "d", "c")).toEqual(["c", "d"]);
    expect(rowsBetween(order, null, "c")).toEqual(["c"]);
    expect(rowsBetween(order, "gone", "c")).toEqual(["c"]);
  });
});
