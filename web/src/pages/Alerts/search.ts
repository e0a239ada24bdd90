import { defined } from "../../lib/url_state";

export const STATES = ["firing", "silenced", "inhibited"] as const;
export type AlertState = (typeof STATES)[number];

export interface AlertSearch {
  show?: "silences";
  state?: AlertState;
}

export function readAlertSearch(raw: Record<string, unknown>): AlertSearch {
  const state = STATES.find((each) => each === raw.state);
  return defined({
    show: raw.show === "silences" ? ("silences" as const) : undefined,
    state: state === "firing" ? undefined : state,
  });
}
