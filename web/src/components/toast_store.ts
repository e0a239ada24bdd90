/** Short messages about what was just done; kept outside React so that any code can say something. */

export interface Toast {
  id: number;
  kind: "done" | "failed";
  title: string | null;
  message: string;
  /** Offered as a button. */
  action: { label: string; act: () => void } | null;
}

const SHOWN_MS = { plain: 5_000, undoable: 10_000, failed: 14_000 };
/** A failure that asks for an act stays until somebody acts or closes it. */
function shownMs({ kind, action }: Omit<Toast, "id">): number | null {
  if (kind === "failed") return action ? null : SHOWN_MS.failed;
  return action ? SHOWN_MS.undoable : SHOWN_MS.plain;
}

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
  // What is said already is not said twice.
  const others = toasts.filter(({ title, message }) => title !== toast.title || message !== toast.message);
  update([...others, { ...toast, id }].slice(-MOST));
  const milliseconds = shownMs(toast);
  if (milliseconds !== null) setTimeout(() => hideToast(id), milliseconds);
}
