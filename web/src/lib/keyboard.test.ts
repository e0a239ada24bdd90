import { describe, expect, it } from "vitest";
import { createSequencer, type KeyPress, shortcutOf } from "./keyboard";

const press = (code: string, key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  target: null,
  ...more,
});

describe("shortcuts by the place of the key", () => {
  it("finds search in a Russian layout, where that key types a dot", () => {
    expect(shortcutOf(press("Slash", "."))).toBe("/");
  });

  it("finds search where a slash needs another key", () => {
    expect(shortcutOf(press("Digit7", "/", { shiftKey: true }))).toBe("/");
    expect(shortcutOf(press("Backslash", "/", { shiftKey: true }))).toBe("/");
  });

  it("tells help from search", () => {
    expect(shortcutOf(press("Slash", "?", { shiftKey: true }))).toBe("?");
    expect(shortcutOf(press("Slash", ",", { shiftKey: true }))).toBe("?");
  });

  it("knows letters by place too", () => {
    expect(shortcutOf(press("KeyJ", "о"))).toBe("j");
    expect(shortcutOf(press("KeyX", "Ч", { shiftKey: true }))).toBe("shift x");
  });

  it("leaves the browser's own combinations alone", () => {
    expect(shortcutOf(press("KeyK", "k", { ctrlKey: true }))).toBeNull();
    expect(shortcutOf(press("Slash", "/", { metaKey: true }))).toBeNull();
  });
});

describe("two-key shortcuts", () => {
  it("joins g with the key after it", () => {
    const next = createSequencer();
    expect(next("g", 0)).toBe("g");
    expect(next("d", 500)).toBe("g d");
    expect(next("d", 600)).toBe("d");
  });

  it("forgets g after a moment", () => {
    const next = createSequencer();
    next("g", 0);
    expect(next("d", 5_000)).toBe("d");
  });
});
