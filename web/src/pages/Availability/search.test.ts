import { describe, expect, it } from "vitest";
import { questionOf, readAvailabilitySearch } from "./search";

const NOON = Date.UTC(2026, 2, 31, 12);

describe("the address of a report", () => {
  it("means the last thirty closed days when it says nothing", () => {
    expect(questionOf({}, NOON)).toEqual({ from: "2026-03-01", to: "2026-03-30", group: "source", source: undefined });
  });

  it("keeps what fits and drops what does not", () => {
    const raw = { from: "2026-01-01", to: "yesterday", group: "planet", source: "north", colour: "red" };
    expect(readAvailabilitySearch(raw)).toEqual({ from: "2026-01-01", source: "north" });
    expect(readAvailabilitySearch({ group: "site" })).toEqual({ group: "site" });
  });
});
