import { describe, expect, it } from "vitest";
import { formatDuration, formatRelative, formatShare } from "./time";

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("durations", () => {
  it.each([
    [0, "0 sec"],
    [59, "59 sec"],
    [61, "1 min 1 sec"],
    [11 * 60 + 40, "11 min"],
    [3 * 3600 + 12 * 60, "3 hr 12 min"],
    [24 * 3600, "1 day"],
    [12 * 86_400 + 5 * 3600, "12 days"],
  ])("says %i seconds as %s", (seconds, text) => {
    expect(plain(formatDuration(seconds, "en"))).toBe(text);
  });

  it("speaks Russian, with its plurals", () => {
    expect(plain(formatDuration(2 * 86_400 + 3600, "ru"))).toBe("2 дн. 1 ч");
    expect(plain(formatRelative(-5 * 60, "ru"))).toBe("5 мин. назад");
  });

  it("never says less than nothing when clocks differ", () => {
    expect(plain(formatDuration(-3, "en"))).toBe("0 sec");
  });
});

describe("shares", () => {
  it("does not call nearly all all", () => {
    expect(formatShare(1999, 2000, "en")).toBe("99.9%");
    expect(formatShare(2000, 2000, "en")).toBe("100%");
  });

  it("has no share of nothing", () => {
    expect(formatShare(0, 0, "en")).toBe("–");
  });
});
