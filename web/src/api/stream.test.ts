import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { device } from "../testing/devices";
import { DEVICE_DETAILS } from "./device";
import { DEVICE_LISTS, type Device, type DevicePage, deviceKey } from "./devices";
import { type Overview, overviewQuery } from "./overview";
import { forgetChanges, withRecentChanges } from "./recent_changes";
import { createHandler } from "./stream";

const online = device();
const dark = device({ status: "offline", cause: "reported_offline" });
const LIST = [...DEVICE_LISTS, { sort: "name" }];
const DETAIL = [...DEVICE_DETAILS, deviceKey(online)];

const overview: Overview = {
  as_of: "2026-11-24T10:00:00Z",
  stale_seconds: 0,
  prometheus_up: true,
  totals: { online: 1, offline: 0, unknown: 0, total: 1 },
  platforms: [],
  sources: [],
  causes: [],
  recent: [],
};

function page(...items: Device[]): DevicePage {
  const facets = { status: {}, platform: {}, source: {}, cause: {} };
  return { items, total: items.length, next_cursor: null, as_of: "2026-11-24T10:00:00Z", facets };
}

function tick(part: object): { event: string; data: string } {
  const data = { as_of: "2026-11-24T10:00:02Z", prometheus_up: true, totals: overview.totals, changed: 0, ...part };
  return { event: "tick", data: JSON.stringify(data) };
}

describe("the live stream", () => {
  let cache: QueryClient;

  beforeEach(() => {
    forgetChanges();
    cache = new QueryClient();
    cache.setQueryData(LIST, { pages: [page(online)], pageParams: [null] });
    cache.setQueryData(DETAIL, { ...online, evidence: [], as_of: null });
    cache.setQueryData(overviewQuery.queryKey, overview);
  });

  it("brings a changed device to its row and to its open details", () => {
    createHandler(cache).onEvent({ event: "devices", data: JSON.stringify([dark]) });
    expect(cache.getQueryData<InfiniteData<DevicePage>>(LIST)?.pages[0]?.items).toEqual([dark]);
    expect(cache.getQueryData(DETAIL)).toMatchObject(dark);
    expect(cache.getQueryState(DETAIL)?.isInvalidated).toBe(true);
  });

  it("makes no entry for a device that nobody looks at", () => {
    const elsewhere = device({ device_id: "99" });
    createHandler(cache).onEvent({ event: "devices", data: JSON.stringify([elsewhere]) });
    expect(cache.getQueryData([...DEVICE_DETAILS, deviceKey(elsewhere)])).toBeUndefined();
  });

  it("keeps the strip's numbers and their age with each tick", () => {
    const totals = { online: 0, offline: 1, unknown: 0, total: 1 };
    createHandler(cache).onEvent(tick({ totals }));
    expect(cache.getQueryData(overviewQuery.queryKey)).toMatchObject({ as_of: "2026-11-24T10:00:02Z", totals });
  });

  it("says so when Prometheus stops answering", () => {
    createHandler(cache).onEvent(tick({ prometheus_up: false }));
    expect(cache.getQueryData(overviewQuery.queryKey)?.prometheus_up).toBe(false);
  });

  it("has the overview read anew after a gap", () => {
    createHandler(cache).onEvent({ event: "resync", data: "{}" });
    expect(cache.getQueryState(overviewQuery.queryKey)?.isInvalidated).toBe(true);
  });

  it("ignores events that a newer gateway may send", () => {
    createHandler(cache).onEvent({ event: "alerts", data: "[]" });
    expect(cache.getQueryData(DETAIL)).toMatchObject(online);
  });

  it("is not undone by an answer that it overtook", () => {
    const { onEvent } = createHandler(cache);
    onEvent(tick({ changed: 1 }));
    onEvent({ event: "devices", data: JSON.stringify([dark]) });
    expect(withRecentChanges([online], "2026-11-24T10:00:00Z")).toEqual([dark]);
    expect(withRecentChanges([online], "2026-11-24T10:00:04Z")).toEqual([online]);
  });
});
