/** Keys are matched by their place on the keyboard (`event.code`), so that they work in a Russian layout as well. */

export interface KeyPress {
  code: string;
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  target: EventTarget | null;
}

/** Whether a plain key would be typed into something. */
export function isTyping(target: EventTarget | null): boolean {
  if (typeof HTMLElement === "undefined" || !(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** The name of a shortcut: `/`, `?`, a letter, or `shift x`; null when the press is somebody else's. */
export function shortcutOf(press: KeyPress): string | null {
  if (press.ctrlKey || press.metaKey || press.altKey || isTyping(press.target)) return null;
  if (press.code === "Slash") return press.shiftKey && press.key !== "/" ? "?" : "/";
  if (press.key === "/" || press.key === "?") return press.key;
  if (!/^Key[A-Z]$/.test(press.code)) return null;
  const letter = press.code.slice(3).toLowerCase();
  return press.shiftKey ? `shift ${letter}` : letter;
}

/** Ctrl+K, or Cmd+K on a Mac: works also while typing. */
export function isPaletteKey(press: Pick<KeyPress, "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): boolean {
  return press.code === "KeyK" && press.ctrlKey !== press.metaKey && !press.altKey && !press.shiftKey;
}

const SEQUENCE_MS = 1200;

/** Turns single presses into shortcuts, where `g` opens a two-key one (`g d`). */
export function createSequencer(): (shortcut: string, atMs: number) => string {
  let pendingUntil = 0;
  return (shortcut, atMs) => {
    const isSecond = atMs < pendingUntil;
    pendingUntil = 0;
    if (isSecond) return `g ${shortcut}`;
    if (shortcut === "g") pendingUntil = atMs + SEQUENCE_MS;
    return shortcut;
  };
}
