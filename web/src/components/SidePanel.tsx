import { CloseButton } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { wrappedStop } from "../lib/tab_order";
import classes from "./SidePanel.module.css";

interface SidePanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog at the right edge, beside what it is about; the library's own drawer weighs 13 kB. */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const { t } = useTranslation();
  const panelRef = useRef<HTMLDivElement>(null);
  useFocusWithin(panelRef);
  useWithoutScroll();

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    // What a dialog above this one hears comes here as well, through React's tree.
    if (!event.currentTarget.contains(event.target as Node)) return;
    const stop = event.code === "Tab" ? wrappedStop(event.currentTarget, event.shiftKey) : null;
    if (event.code !== "Escape" && stop === null) return;
    event.preventDefault();
    if (stop === null) onClose();
    else stop.focus();
  }

  return (
    <div className={classes.shade}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button does the same for the keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div className={classes.outside} onClick={onClose} />
      <div
        ref={panelRef}
        className={classes.panel}
        role="dialog"
        tabIndex={-1}
        aria-modal="true"
        aria-label={title}
        onKeyDown={onKeyDown}
      >
        <header className={classes.head}>
          <h2>{title}</h2>
          <CloseButton aria-label={t("common.close")} onClick={onClose} />
        </header>
        {children}
      </div>
    </div>
  );
}

/** Into the dialog, and afterwards to what had it before, a row of the list for one. */
function useFocusWithin(panelRef: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const before = document.activeElement;
    panelRef.current?.querySelector("button")?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [panelRef]);
}

/** The page behind stays where it is. */
function useWithoutScroll(): void {
  useEffect(() => {
    const { style } = document.body;
    const before = style.overflow;
    style.overflow = "hidden";
    return () => {
      style.overflow = before;
    };
  }, []);
}
