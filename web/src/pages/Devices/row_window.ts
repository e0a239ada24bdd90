import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { type RowWindow, rowsInSight, scrollTopFor } from "../../lib/window";

interface Rows extends RowWindow {
  reveal: (index: number) => void;
}

const HEADER_HEIGHT = 34;

/** Follows the scroll place and the size of the list's box. */
export function useRowWindow(scrollRef: RefObject<HTMLDivElement | null>, count: number, rowHeight: number): Rows {
  const [shown, setShown] = useState<RowWindow>({ from: 0, to: Math.min(count, 40) });
  const look = useCallback(() => {
    const box = scrollRef.current;
    if (box === null) return;
    const next = rowsInSight(box.scrollTop, box.clientHeight, rowHeight, count);
    setShown((before) => (before.from === next.from && before.to === next.to ? before : next));
  }, [scrollRef, rowHeight, count]);

  useLayoutEffect(look, [look]);
  useEffect(() => {
    const box = scrollRef.current;
    if (box === null) return;
    const watch = new ResizeObserver(look);
    watch.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [scrollRef, look]);

  const reveal = useCallback(
    (index: number) => {
      const box = scrollRef.current;
      if (box !== null) box.scrollTop = scrollTopFor(index, box.scrollTop, box.clientHeight, rowHeight, HEADER_HEIGHT);
    },
    [scrollRef, rowHeight],
  );
  return { from: Math.min(shown.from, count), to: Math.min(shown.to, count), reveal };
}
