import { describe, expect, it } from "vitest";
import { parseSearch, readList, stringifySearch } from "./url_state";

describe("the address as state", () => {
  it("holds text that looks like a number as it was typed, without quotes", () => {
    expect(stringifySearch({ search: "30785" })).toBe("?search=30785");
    expect(parseSearch("?search=30785")).toEqual({ search: "30785" });
  });

  it("keeps a MAC address and a device key readable", () => {
    expect(stringifySearch({ device: "cubicmedia/volga/AA:BB" })).toBe("?device=cubicmedia/volga/AA:BB");
  });

  it("brings any text back as it went in", () => {
    const text = "Казань, ТЦ «Мега» & 100% + ?=#/";
    expect(parseSearch(stringifySearch({ search: text }))).toEqual({ search: text });
  });

  it("reads a list the same, repeated or comma separated", () => {
    expect(readList(parseSearch("?status=offline&status=unknown").status)).toEqual(["offline", "unknown"]);
    expect(readList(parseSearch("?status=offline,unknown").status)).toEqual(["offline", "unknown"]);
  });

  it("leaves no trace of what is empty", () => {
    expect(stringifySearch({ search: "", status: [], source: undefined, sort: null })).toBe("");
  });

  it("keeps commas and per cent signs that belong to a value", () => {
    const site = ["Казань, Баумана 58", "100 %", "%2C"];
    expect(readList(parseSearch(stringifySearch({ site })).site)).toEqual(site);
  });
});
