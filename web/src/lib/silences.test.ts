import { describe, expect, it } from "vitest";
import { deviceMatchers, endOf, isMatched, matcherText } from "./silences";

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
    expect(endOf("07:30", new Date(2026, 10, 25, 8, 0))).toEqual(new Date(2026, 10, 26, 7, 30));
    expect(endOf("4h", new Date(2026, 10, 25, 1)).getHours()).toBe(5);
  });

  it("is written as Alertmanager writes it", () => {
    expect(matcherText({ name: "a", value: "b.*", is_regex: true, is_equal: false })).toBe("a!~b.*");
    expect(matcherText({ name: "a", value: "b" })).toBe("a=b");
  });
});

describe("a silence of devices", () => {
  const at = (source: string, device_id: string) => ({ platform: "acme", source, device_id });

  it("names one source, as managers must, and its devices", () => {
    const silences = deviceMatchers([at("msk", "1"), at("spb", "7"), at("msk", "2")]);
    expect(silences.map((matchers) => matchers.map(matcherText))).toEqual([
      ["platform=acme", "source=msk", "device_id=~1|2"],
      ["platform=acme", "source=spb", "device_id=7"],
    ]);
  });

  it("takes ids as they are and not as expressions", () => {
    const [matchers = []] = deviceMatchers([at("msk", "a.b"), at("msk", "(c|d)")]);
    const labels = (device_id: string) => ({ labels: { platform: "acme", source: "msk", device_id } });
    expect([isMatched(labels("a.b"), matchers), isMatched(labels("(c|d)"), matchers)]).toEqual([true, true]);
    expect([isMatched(labels("axb"), matchers), isMatched(labels("c"), matchers)]).toEqual([false, false]);
  });

  it("is several where the ids are more than one expression holds", () => {
    const many = Array.from({ length: 200 }, (_, number) => at("msk", `AA:BB:CC:DD:00:${number}`));
    const values = deviceMatchers(many).map((matchers) => matchers[2]?.value ?? "");
    expect(values.every((value) => value.length <= 1000)).toBe(true);
    expect(values.join("|").split("|")).toHaveLength(200);
  });
});
