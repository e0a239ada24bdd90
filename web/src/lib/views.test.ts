import { describe, expect, it } from "vitest";
import { readViews, withView } from "./views";

describe("saved views", () => {
  it("are read as they were kept, and what is none of ours is dropped", () => {
    const kept = [{ name: "Kazan", query: "?search=казань" }];
    expect(readViews(JSON.stringify([...kept, null, { name: 1 }, { name: "x", query: "//elsewhere" }]))).toEqual(kept);
    expect(readViews("{")).toEqual([]);
    expect(readViews(null)).toEqual([]);
  });

  it("take the place of one of the same name, in the order of names", () => {
    const views = withView([{ name: "b", query: "?a=1" }], { name: "a", query: "" });
    expect(withView(views, { name: "b", query: "?a=2" })).toEqual([
      { name: "a", query: "" },
      { name: "b", query: "?a=2" },
    ]);
  });
});
