import { defined } from "../../lib/url_state";

export const STATES = ["firing", "silenced", "inhibited"] as const;
export type AlertState = (typeof STATES)[number];

const SHOWN = ["silences", "windows"] as const;

export interface AlertSearch {
  show?: "silences" | "windows";
  state?: AlertState;
}

export function readAlertSearch(raw: Record<string, unknown>): AlertSearch {
  const state = STATES.find((each) => each === raw.state);
  return defined({
    show: SHOWN.find((each) => each === raw.show),
    state: state === "firing" ? undefined : state,
  });
}
