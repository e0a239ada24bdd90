import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { createSequencer, shortcutOf } from "../lib/keyboard";

export const SEARCH_INPUT_ID = "device-search";

/** Shortcuts of one page, by name (`j`, `/`, `g d`). */
export function useShortcuts(acts: Record<string, () => void>): void {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useEffect(() => {
    const sequence = createSequencer();
    const onKey = (event: KeyboardEvent): void => {
      const shortcut = shortcutOf(event);
      if (shortcut === null || event.defaultPrevented || document.querySelector("[role=dialog][aria-modal=true]"))
        return;
      const act = latest.current[sequence(shortcut, event.timeStamp)];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

export function useGlobalShortcuts(onHelp: () => void): void {
  const navigate = useNavigate();
  useShortcuts({
    "/": () => {
      const input = document.getElementById(SEARCH_INPUT_ID);
      if (input instanceof HTMLInputElement) {
        input.focus();
        input.select();
      } else void navigate({ to: "/devices", state: { focusSearch: true } });
    },
    "?": onHelp,
    "g o": () => void navigate({ to: "/overview" }),
    "g d": () => void navigate({ to: "/devices" }),
    "g e": () => void navigate({ to: "/exporters" }),
  });
}
