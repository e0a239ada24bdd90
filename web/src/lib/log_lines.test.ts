import { describe, expect, it } from "vitest";
import { countNew, fits, readLine } from "./log_lines";

describe("a line of a log", () => {
  it("is taken apart when it is ours", () => {
    const raw =
      '{"source": "msk", "count": 3, "event": "poll_failed", "level": "warning", "timestamp": "2026-11-25T00:29:20Z"}';
    expect(readLine(raw)).toEqual({
      raw,
      at: "2026-11-25T00:29:20Z",
      level: "warning",
      event: "poll_failed",
      rest: "source=msk count=3",
    });
  });

  it("is shown as it is when it is somebody else's", () => {
    expect(readLine("Traceback (most recent call last):")).toMatchObject({ level: "error", at: null, rest: "" });
    expect(readLine('{"half": ')).toMatchObject({ event: '{"half": ', level: "info" });
  });

  it("fits from its level up, and by any of its words", () => {
    const line = readLine('{"source": "Kazan", "event": "poll_failed", "level": "critical"}');
    expect(fits(line, "error", "kazan")).toBe(true);
    expect(fits(readLine("all is well"), "warning", "")).toBe(false);
  });
});

describe("lines that came meanwhile", () => {
  it("are counted from the last one that is held", () => {
    expect(countNew(["a", "b"], ["a", "b", "c", "d"])).toBe(2);
    expect(countNew(["a", "b"], ["a", "b"])).toBe(0);
  });

  it("are all of them once the tail has moved on", () => {
    expect(countNew(["a"], ["x", "y"])).toBe(2);
    expect(countNew([], ["x"])).toBe(1);
  });
});
