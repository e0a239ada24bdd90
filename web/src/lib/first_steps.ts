/** What of the first steps this browser has seen or put away. */

const KEY = "vitrina-first-steps";

export const HINT_STEPS = ["find", "why", "care"] as const;
export type HintStep = (typeof HINT_STEPS)[number];

export interface FirstSteps {
  /** Steps of the demo's hint that were taken. */
  taken: readonly HintStep[];
  isHintSkipped: boolean;
  isChecklistHidden: boolean;
  /** That somebody was invited was seen once: it need not be asked for again. */
  isManagerInvited: boolean;
}

const NOTHING: FirstSteps = { taken: [], isHintSkipped: false, isChecklistHidden: false, isManagerInvited: false };

/** Takes what fits and drops the rest: what is stored may be of another version, or of anybody. */
export function readFirstSteps(text: string | null): FirstSteps {
  let raw: unknown;
  try {
    raw = JSON.parse(text ?? "{}");
  } catch {
    return NOTHING;
  }
  if (typeof raw !== "object" || raw === null) return NOTHING;
  const stored = raw as Partial<Record<keyof FirstSteps, unknown>>;
  const taken = Array.isArray(stored.taken) ? stored.taken : [];
  return {
    taken: HINT_STEPS.filter((step) => taken.includes(step)),
    isHintSkipped: stored.isHintSkipped === true,
    isChecklistHidden: stored.isChecklistHidden === true,
    isManagerInvited: stored.isManagerInvited === true,
  };
}

const listeners = new Set<() => void>();
let kept: FirstSteps | null = null;

/** The same object until something changes. */
export function firstSteps(): FirstSteps {
  if (kept === null) {
    try {
      kept = readFirstSteps(localStorage.getItem(KEY));
    } catch {
      kept = NOTHING; // Storage may be forbidden: what is put away then comes back with the next visit.
    }
  }
  return kept;
}

export function changeFirstSteps(change: Partial<FirstSteps>): void {
  kept = { ...firstSteps(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // See above.
  }
  for (const listener of listeners) listener();
}

export function subscribeToFirstSteps(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
