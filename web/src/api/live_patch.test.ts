import { describe, expect, it } from "vitest";
import { device } from "../testing/devices";
import type { Device, DevicePage } from "./devices";
import { byKey, type LoadedPages, misplaced, patchPages } from "./live_patch";

const online = device({ device_id: "1" });
const other = device({ device_id: "2", name: "Москва, Мира 2" });
const dark = device({ device_id: "1", status: "offline", status_since: "2026-11-24T11:00:00Z" });

function loaded(...items: Device[]): LoadedPages {
  const page: DevicePage = {
    items,
    total: items.length,
    next_cursor: null,
    as_of: "2026-11-24T10:00:00Z",
    facets: { status: {}, platform: {}, source: {}, cause: {} },
  };
  return { pages: [page], pageParams: [null] };
}

describe("a live update", () => {
  it("changes the row where it stands", () => {
    const after = patchPages(loaded(online, other), byKey([dark]));
    expect(after.pages[0]?.items).toEqual([dark, other]);
  });

  it("leaves everything as it was when it is about other devices", () => {
    const before = loaded(online, other);
    expect(patchPages(before, byKey([device({ device_id: "9" })]))).toBe(before);
  });

  it("tells apart devices of two sources with one id", () => {
    const before = loaded(online);
    expect(patchPages(before, byKey([device({ source: "mall", status: "offline" })]))).toBe(before);
  });
});

describe("the order of a list", () => {
  const shown = [online, other];

  it("is old when the value that it goes by changed", () => {
    expect(misplaced({ sort: "-status_since" }, shown, [dark])).toEqual(["addreality/retail/1"]);
    expect(misplaced({ sort: "name" }, shown, [dark])).toEqual([]);
  });

  it("is old when a row left the filter or a new one belongs into it", () => {
    expect(misplaced({ sort: "name", status: ["online"] }, shown, [dark])).toHaveLength(1);
    expect(misplaced({ sort: "name", status: ["offline"] }, [], [dark])).toHaveLength(1);
  });

  it("is not old because of devices outside the filter", () => {
    expect(misplaced({ sort: "name", source: ["mall"] }, [], [dark])).toEqual([]);
    expect(misplaced({ sort: "name", search: "москва" }, [], [dark])).toEqual([]);
    expect(misplaced({ sort: "name", search: "КАЗАНЬ" }, [], [dark])).toHaveLength(1);
  });
});
