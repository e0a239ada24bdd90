import { describe, expect, it } from "vitest";
import { formatBytes } from "./size";

describe("bytes", () => {
  it.each([
    [0, "0 MB"],
    [2_359_000, "2.4 MB"],
    [2_147_484_000, "2.1 GB"],
    [3_500_000_000_000, "3.5 TB"],
  ])("%d are said as %s", (bytes, said) => {
    expect(formatBytes(bytes, "en")).toBe(said);
  });

  it("are said in Russian, too", () => {
    expect(formatBytes(2_147_484_000, "ru").replace(/\s/, " ")).toBe("2,1 ГБ");
  });
});
