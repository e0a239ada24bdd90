import { describe, expect, it } from "vitest";
import { endOf, isMatched, matcherText } from "./silences";

const alert = { labels: { alertname: "SiteDark", source: "msk", site: "Mall 1" } };

describe("a silence", () => {
  it("covers what all its matchers fit", () => {
    expect(isMatched(alert, [{ name: "source", value: "msk" }])).toBe(true);
    expect(
      isMatched(alert, [
        { name: "source", value: "msk" },
        { name: "site", value: "Mall 2" },
      ]),
    ).toBe(false);
  });

  it("reads expressions whole, and a missing label as empty", () => {
    expect(isMatched(alert, [{ name: "site", value: "Mall.*", is_regex: true }])).toBe(true);
    expect(isMatched(alert, [{ name: "site", value: "Mall", is_regex: true }])).toBe(false);
    expect(isMatched(alert, [{ name: "device_id", value: "" }])).toBe(true);
    expect(isMatched(alert, [{ name: "source", value: "msk", is_equal: false }])).toBe(false);
    expect(isMatched(alert, [{ name: "site", value: "(", is_regex: true }])).toBe(false);
  });

  it("ends at the next nine o'clock where one is", () => {
    expect(endOf("morning", new Date(2026, 10, 25, 8, 59)).getDate()).toBe(25);
    expect(endOf("morning", new Date(2026, 10, 25, 9, 0)).getDate()).toBe(26);
    expect(endOf("4h", new Date(2026, 10, 25, 1)).getHours()).toBe(5);
  });

  it("is written as Alertmanager writes it", () => {
    expect(matcherText({ name: "a", value: "b.*", is_regex: true, is_equal: false })).toBe("a!~b.*");
    expect(matcherText({ name: "a", value: "b" })).toBe("a=b");
  });
});
