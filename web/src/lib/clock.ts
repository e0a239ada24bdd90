/**
 * Time as the server has it. Ages are shown against the server's clock, because a laptop that is ten minutes off would
 * otherwise call fresh data stale.
 */

let offsetMs = 0;

/** `Date` headers have whole seconds, so small differences are noise and leave the offset alone. */
export function learnServerTime(dateHeader: string | null, nowMs = Date.now()): void {
  if (dateHeader === null) return;
  const serverMs = Date.parse(dateHeader);
  if (Number.isNaN(serverMs)) return;
  const difference = serverMs + 500 - nowMs;
  offsetMs = Math.abs(difference) < 2000 ? 0 : difference;
}

export function serverNow(): number {
  return Date.now() + offsetMs;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for the whole page, however many ages it shows. */
export function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
