/** What a history strip shows and says, from the segments that the gateway answers with. */

import type { Segment } from "../api/device";

export interface Part extends Segment {
  /** Of the whole strip, 0 to 1. */
  share: number;
  seconds: number;
}

/** The parts in order; what is before the first segment or after the last is nobody's. */
export function partsOf(segments: readonly Segment[], from: string, to: string): Part[] {
  const whole = Math.max(1, Date.parse(to) - Date.parse(from));
  return segments.map((segment) => {
    const length = Math.max(0, Date.parse(segment.to) - Date.parse(segment.from));
    return { ...segment, share: length / whole, seconds: length / 1000 };
  });
}

/** How often the device went dark within the strip; not knowing in between does not make two of one. */
export function countOutages(segments: readonly Segment[]): number {
  const told = segments.filter(({ status }) => status === "online" || status === "offline");
  return told.filter(({ status }, place) => status === "offline" && told[place - 1]?.status !== "offline").length;
}
