import { describe, expect, it } from "vitest";
import { exploreUrl, isWebAddress } from "./grafana";

describe("the way to Grafana", () => {
  it("asks for the one device over the same time", () => {
    const url = exploreUrl("https://grafana.example/", { platform: "a", source: "b", device_id: 'x"y' }, "7d");
    const panes = JSON.parse(new URL(url).searchParams.get("panes") ?? "");
    expect(panes.v.queries[0].expr).toBe('signage_device_up{platform="a",source="b",device_id="x\\"y"}');
    expect(panes.v.range).toEqual({ from: "now-7d", to: "now" });
    expect(url.startsWith("https://grafana.example/explore?")).toBe(true);
  });

  it("is no script", () => {
    expect(isWebAddress("javascript:alert(1)")).toBe(false);
    expect(isWebAddress("https://grafana.example/sub")).toBe(true);
  });
});
