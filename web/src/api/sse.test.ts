import { describe, expect, it } from "vitest";
import { createEventParser } from "./sse";

const TEXT = ': hello\n\nid: 7\nevent: tick\ndata: {"a":1}\n\nevent: devices\r\ndata: [\r\ndata: ]\r\n\r\ndata: x\n\n';
const EVENTS = [
  { event: "tick", data: '{"a":1}' },
  { event: "devices", data: "[\n]" },
  { event: "message", data: "x" },
];

describe("server-sent events", () => {
  it("are read from one piece", () => {
    expect(createEventParser()(TEXT)).toEqual(EVENTS);
  });

  it("are the same however the bytes are cut", () => {
    for (let size = 1; size < 12; size += 1) {
      const parse = createEventParser();
      const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, i) =>
        TEXT.slice(i * size, (i + 1) * size),
      );
      expect(pieces.flatMap(parse)).toEqual(EVENTS);
    }
  });

  it("do not come out before they are complete", () => {
    const parse = createEventParser();
    expect(parse("event: tick\ndata: 1\n")).toEqual([]);
    expect(parse("\n")).toEqual([{ event: "tick", data: "1" }]);
  });
});
