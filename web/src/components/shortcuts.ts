import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { createSequencer, isPaletteKey, shortcutOf } from "../lib/keyboard";
import { usePages } from "./pages";

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

interface GlobalActs {
  onHelp: () => void;
  onPalette: () => void;
}

export function useGlobalShortcuts({ onHelp, onPalette }: GlobalActs): void {
  const navigate = useNavigate();
  const pages = usePages();
  useShortcuts({
    "/": () => {
      const input = document.getElementById(SEARCH_INPUT_ID);
      if (input instanceof HTMLInputElement) {
        input.focus();
        input.select();
      } else void navigate({ to: "/devices", state: { focusSearch: true } });
    },
    "?": onHelp,
    ...Object.fromEntries(pages.map(({ to, keys }) => [keys, () => void navigate({ to })])),
  });
  usePaletteKey(onPalette);
}

function usePaletteKey(onPalette: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isPaletteKey(event)) return;
      event.preventDefault(); // browsers would go to their address bar
      onPalette();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onPalette]);
}
