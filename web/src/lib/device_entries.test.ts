import { describe, expect, it } from "vitest";
import { fileEntries, repeatedEntries, withEntries, withoutRepeated } from "./device_entries";

describe("a list of devices", () => {
  it("is the first column of a file, without its heading", () => {
    expect(fileEntries('\uFEFFMAC;name\r\nAA;Hall\r\n\r\n"BB",Lobby\r\n')).toEqual(["AA", "BB"]);
    expect(fileEntries("AA\tHall\nBB")).toEqual(["AA", "BB"]);
    expect(withEntries("AA\n", ["BB", "CC"])).toBe("AA\nBB\nCC");
    expect(withEntries("", ["BB"])).toBe("BB");
  });

  it("knows a device that stands there twice, however it is written", () => {
    const text = "AA:BB:CC:DD:EE:FF\naabbccddeeff, one\none\nOne";
    expect(repeatedEntries(text)).toEqual([
      { text: "aabbccddeeff", line: 2 },
      { text: "one", line: 3 },
    ]);
    expect(withoutRepeated(text)).toBe("AA:BB:CC:DD:EE:FF\none\nOne");
  });
});
