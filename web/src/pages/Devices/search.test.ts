import { describe, expect, it } from "vitest";
import { DEFAULT_SORT, isFiltered, nextSort, readDeviceSearch, toFilter, toggled } from "./search";

describe("the devices page in the address", () => {
  it("takes what fits and drops what does not, so that an old link still opens", () => {
    expect(readDeviceSearch({ search: "казань", status: "offline,broken", sort: "colour", page: "7" })).toEqual({
      search: "казань",
      status: ["offline"],
    });
  });

  it("does not spell out the default order", () => {
    expect(readDeviceSearch({ sort: DEFAULT_SORT })).toEqual({});
    expect(toFilter({}).sort).toBe(DEFAULT_SORT);
  });

  it("leaves out what somebody takes care of, unless asked for it", () => {
    expect(toFilter({}).work).toEqual(["none"]);
    expect(toFilter(readDeviceSearch({ work: "in_repair,lost" })).work).toEqual(["in_repair"]);
  });

  it("sorts times newest first and names from the beginning, then the other way round", () => {
    expect(nextSort("name", "status_since")).toBe("-status_since");
    expect(nextSort("-status_since", "status_since")).toBe("status_since");
    expect(nextSort("-status_since", "name")).toBe("name");
    expect(nextSort("name", "name")).toBe("-name");
  });

  it("adds a value to a filter and takes the last one away with the filter itself", () => {
    expect(toggled(undefined, "a")).toEqual(["a"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(["a"], "a")).toBeUndefined();
  });

  it("does not count order or the open drawer as a filter", () => {
    expect(isFiltered({ sort: "name", device: "a/b/c" })).toBe(false);
    expect(isFiltered({ platform: ["addreality"] })).toBe(true);
  });
});
