import { describe, expect, it } from "vitest";
import { readQuestion } from "./question";

describe("a question to the palette", () => {
  it("may name a status in either language, in any place", () => {
    expect(readQuestion("Казань dark")).toEqual({ search: "казань", status: "offline" });
    expect(readQuestion("тёмные Казань")).toEqual({ search: "казань", status: "offline" });
    expect(readQuestion("не в сети тверь")).toEqual({ search: "тверь", status: "offline" });
    expect(readQuestion("unknown")).toEqual({ search: "", status: "unknown" });
  });

  it("does not take a part of a name for a status", () => {
    expect(readQuestion("Downtown 5")).toEqual({ search: "downtown 5", status: null });
  });

  it("tells online from offline where one contains the other", () => {
    expect(readQuestion("казань в сети")).toEqual({ search: "казань", status: "online" });
  });
});
