/** Short messages about what was just done; kept outside React so that any code can say something. */

export interface Toast {
  id: number;
  kind: "done" | "failed";
  title: string | null;
  message: string;
  /** Offered as a button; takes back what was done. */
  undo: (() => void) | null;
}

const SHOWN_MS = { plain: 5_000, undoable: 10_000, failed: 14_000 };
const MOST = 4;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function update(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentToasts(): readonly Toast[] {
  return toasts;
}

export function hideToast(id: number): void {
  update(toasts.filter((toast) => toast.id !== id));
}

export function showToast(toast: Omit<Toast, "id">): void {
  lastId += 1;
  const id = lastId;
  update([...toasts, { ...toast, id }].slice(-MOST));
  const shownMs = toast.kind === "failed" ? SHOWN_MS.failed : toast.undo ? SHOWN_MS.undoable : SHOWN_MS.plain;
  setTimeout(() => hideToast(id), shownMs);
}
