import { describe, expect, it } from "vitest";
import type { Segment } from "../api/device";
import { countOutages, partsOf } from "./strip";

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 25, hour)).toISOString();
const segment = (status: Segment["status"], from: number, to: number): Segment => ({
  status,
  from: at(from),
  to: at(to),
});

describe("a history strip", () => {
  it("gives each part its share of the whole, however little was measured", () => {
    const parts = partsOf([segment("not_measured", 0, 18), segment("online", 18, 24)], at(0), at(24));
    expect(parts.map(({ share }) => share)).toEqual([0.75, 0.25]);
    expect(parts[1]?.seconds).toBe(6 * 3600);
  });

  it("counts an outage once, and does not take blindness for one", () => {
    const history = [
      segment("online", 0, 1),
      segment("offline", 1, 2),
      segment("unknown", 2, 3),
      segment("online", 3, 4),
      segment("offline", 4, 5),
    ];
    expect(countOutages(history)).toBe(2);
    expect(countOutages([segment("unknown", 0, 5)])).toBe(0);
    expect(countOutages([segment("offline", 0, 1), segment("not_measured", 1, 2), segment("offline", 2, 3)])).toBe(1);
  });
});
