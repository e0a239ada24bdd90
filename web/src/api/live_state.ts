import { useSyncExternalStore } from "react";

let isLive = false;
const listeners = new Set<() => void>();

export function setLive(next: boolean): void {
  if (next === isLive) return;
  isLive = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the stream is open now. */
export function useIsLive(): boolean {
  return useSyncExternalStore(subscribe, () => isLive);
}
