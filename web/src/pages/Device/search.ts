import { RANGES, type Range } from "../../api/device";

export interface DevicePageSearch {
  range?: Range;
}

export function readDevicePageSearch(raw: Record<string, unknown>): DevicePageSearch {
  const range = (Object.keys(RANGES) as Range[]).find((each) => each === raw.range);
  return range === undefined || range === "24h" ? {} : { range };
}
