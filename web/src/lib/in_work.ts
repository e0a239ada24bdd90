/** The ways in which somebody may take care of a device. */
export const IN_WORK = ["acknowledged", "in_repair", "closed"] as const;
/** Nobody does: what lists show unless asked otherwise. */
export const NOT_IN_WORK = "none";

export const WORK_VALUES = [NOT_IN_WORK, ...IN_WORK] as const;
export type WorkValue = (typeof WORK_VALUES)[number];
