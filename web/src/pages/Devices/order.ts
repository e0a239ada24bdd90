import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type Device, type DeviceFilter, deviceListQuery } from "../../api/devices";
import { type LoadedPages, misplaced } from "../../api/live_patch";
import { useDeviceChanges } from "../../api/stream";

/** After the last move of pointer or key; before it, somebody may be about to click. */
const IDLE_MS = 1_000;
const CHECK_MS = 400;

export interface Order {
  /** How many devices the server would now place elsewhere; null when that cannot be known. */
  pending: number | null;
  /** Something changed since the list was read, so its counts are old even if its order is not. */
  isTouched: boolean;
  refresh: () => void;
}

interface OrderOptions {
  filter: DeviceFilter;
  shown: readonly Device[];
  scrollRef: RefObject<HTMLDivElement | null>;
  /** The person reads something that belongs to a row. */
  isHeld: boolean;
}

/**
 * Rows are patched where they are; where they belong is decided anew only when that can move nothing under somebody's
 * pointer or eyes: at once if the list is at its top, untouched and not pointed at, else when the person says so.
 */
export function useOrder({ filter, shown, scrollRef, isHeld }: OrderOptions): Order {
  const queryClient = useQueryClient();
  const [pending, setPending] = useState<ReadonlySet<string>>(NOTHING);
  const [isTouched, setTouched] = useState(false);
  const filterKey = JSON.stringify(filter);
  const isIdle = useIdle(scrollRef);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list: nothing pends on it yet
  useEffect(() => {
    setPending(NOTHING);
    setTouched(false);
  }, [filterKey]);

  useDeviceChanges((changed) => {
    setTouched(true);
    const keys = changed === null ? [EVERYTHING] : misplaced(filter, shown, changed);
    if (keys.length > 0) setPending((before) => new Set([...before, ...keys]));
  });

  const refresh = useCallback(() => {
    const { queryKey } = deviceListQuery(filter);
    scrollRef.current?.scrollTo({ top: 0 });
    queryClient.setQueryData<LoadedPages>(queryKey, firstPageOnly);
    setPending(NOTHING);
    setTouched(false);
    void queryClient.refetchQueries({ queryKey, exact: true });
  }, [filter, queryClient, scrollRef]);

  const mayRefresh = pending.size > 0 && !isHeld;
  useEffect(() => {
    if (!mayRefresh) return;
    const timer = setInterval(() => {
      if (isIdle()) refresh();
    }, CHECK_MS);
    return () => clearInterval(timer);
  }, [mayRefresh, isIdle, refresh]);

  return { pending: pending.has(EVERYTHING) ? null : pending.size, isTouched, refresh };
}

const NOTHING: ReadonlySet<string> = new Set();
/** No device key: these hold slashes. */
const EVERYTHING = "*";

function firstPageOnly(loaded: LoadedPages | undefined): LoadedPages | undefined {
  return loaded && { pages: loaded.pages.slice(0, 1), pageParams: loaded.pageParams.slice(0, 1) };
}

/** Whether a reordering would disturb nobody. */
function useIdle(scrollRef: RefObject<HTMLDivElement | null>): () => boolean {
  const lastActAt = useRef(0);
  // A pointer that merely lies where the page opened points at nothing; it does once it has moved over the list.
  const isPointing = useRef(false);
  useEffect(() => {
    const note = (event: Event): void => {
      lastActAt.current = Date.now();
      if (event instanceof PointerEvent && event.type === "pointermove") {
        isPointing.current = event.target instanceof Node && scrollRef.current?.contains(event.target) === true;
      }
    };
    const acts = ["pointermove", "pointerdown", "keydown", "wheel", "touchmove"] as const;
    for (const act of acts) document.addEventListener(act, note, { passive: true });
    return () => {
      for (const act of acts) document.removeEventListener(act, note);
    };
  }, [scrollRef]);
  return useCallback(() => {
    const area = scrollRef.current;
    if (area === null || Date.now() - lastActAt.current < IDLE_MS) return false;
    return area.scrollTop === 0 && !isPointing.current && !area.contains(document.activeElement);
  }, [scrollRef]);
}
