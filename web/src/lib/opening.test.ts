import { describe, expect, it } from "vitest";
import { formatOpening } from "./opening";

const NOW = Date.parse("2026-11-25T18:30:00Z");

describe("the opening of a closed place", () => {
  it("is told in the place's own time, wherever the viewer is", () => {
    expect(formatOpening("2026-11-26T10:00:00+03:00", "en", NOW)).toBe("10:00");
    expect(formatOpening("2026-11-26T10:00:00+10:00", "ru", NOW)).toBe("10:00");
  });

  it("has its day when it is more than a day away", () => {
    expect(formatOpening("2026-11-30T09:30:00+03:00", "en", NOW)).toBe("Nov 30, 09:30");
    expect(formatOpening("2026-11-30T09:30:00+03:00", "ru", NOW)).toBe("30 нояб., 09:30");
  });
});
