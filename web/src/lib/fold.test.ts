import { describe, expect, it } from "vitest";
import { mentions } from "./fold";

describe("a search", () => {
  it("knows neither case nor ё", () => {
    expect(mentions("Тёмная, Королёв", "темная КОРОЛЕВ")).toBe(true);
  });

  it("finds what was typed in the wrong layout, both ways", () => {
    expect(mentions("Казань, Баумана 58", "rfpfym")).toBe(true);
    expect(mentions("Overview", "щмукмшуц")).toBe(true);
  });

  it("wants every word, in any order", () => {
    expect(mentions("Restart cubicmedia", "cubic rest")).toBe(true);
    expect(mentions("Restart cubicmedia", "cubic disable")).toBe(false);
  });
});
