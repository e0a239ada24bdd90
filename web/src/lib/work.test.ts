import { describe, expect, it } from "vitest";
import { dayOf, daysFrom, returnOf } from "./work";

describe("the day on which a device counts again", () => {
  it("begins at midnight where the person is, and reads back as the same day", () => {
    const at = returnOf("2026-12-01");
    expect(at).toBe(new Date(2026, 11, 1).toISOString());
    expect(dayOf(new Date(at ?? ""))).toBe("2026-12-01");
  });

  it("is none without a day", () => {
    expect(returnOf("")).toBeNull();
  });

  it("counts days, not hours, over the end of a month", () => {
    expect(daysFrom(new Date(2026, 10, 30, 23, 59), 1)).toBe("2026-12-01");
  });
});
