const STOPS = "a[href], button:not(:disabled), input:not(:disabled), textarea, select, [tabindex]:not([tabindex='-1'])";

/** Where Tab goes at the ends of a dialog, so that it stays within; null elsewhere, where the browser knows. */
export function wrappedStop(within: HTMLElement, isBackwards: boolean): HTMLElement | null {
  const stops = [...within.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.offsetParent !== null);
  const [first, last] = [stops[0], stops.at(-1)];
  const now = document.activeElement;
  if (isBackwards) return now === first || now === within ? (last ?? null) : null;
  return now === last ? (first ?? null) : null;
}
