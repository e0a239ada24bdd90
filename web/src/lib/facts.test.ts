import { describe, expect, it } from "vitest";
import { changesOf, faultsByField, textsOf } from "./facts";

describe("facts of devices in a form", () => {
  it("leave alone what nobody touched, and take away what was emptied", () => {
    const known = textsOf({ site: "Hall", city: "Perm", latitude: 58.5, note: null, tags: ["a", "b"] });
    expect(known).toEqual({ site: "Hall", city: "Perm", latitude: "58.5", tags: "a, b" });
    expect(changesOf(known, known)).toEqual({});
    expect(changesOf(known, { ...known, site: "", city: "Tver" })).toEqual({ site: null, city: "Tver" });
    expect(changesOf({}, { site: null, city: "", note: " new " })).toEqual({ site: null, note: "new" });
  });

  it("are numbers and lists where the server wants such", () => {
    expect(changesOf({}, { latitude: "55,75", longitude: "east", tags: "a, b|c,," })).toEqual({
      latitude: 55.75,
      longitude: "east",
      tags: ["a", "b", "c"],
    });
  });

  it("name a refused field once, however many devices it was refused for", () => {
    const message = "must be a number";
    const place = { field: "line 2, source", message: "no such source" };
    expect(
      faultsByField([
        { field: "line 1, longitude", message },
        { field: "line 2, longitude", message },
        { field: "line 1, tags.0", message: "must not be empty" },
        place,
      ]),
    ).toEqual({ fields: { longitude: message, tags: "must not be empty" }, other: [place] });
  });
});
