import { afterEach, describe, expect, it } from "vitest";
import { learnServerTime, serverNow } from "./clock";

const at = Date.parse("2026-11-24T12:00:00Z");

describe("the server's clock", () => {
  afterEach(() => learnServerTime(new Date(at).toUTCString(), at));

  it("is followed when this machine is ten minutes behind", () => {
    learnServerTime(new Date(at + 600_000).toUTCString(), at);
    expect(Math.abs(serverNow() - Date.now() - 600_000)).toBeLessThan(1_000);
  });

  it("is not chased for the sake of a second", () => {
    learnServerTime(new Date(at + 1_000).toUTCString(), at);
    expect(Math.abs(serverNow() - Date.now())).toBeLessThan(100);
  });

  it("ignores an answer without a date", () => {
    learnServerTime(null, at);
    expect(Math.abs(serverNow() - Date.now())).toBeLessThan(100);
  });
});
