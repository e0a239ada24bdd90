import { describe, expect, it } from "vitest";
import { readFirstSteps } from "./first_steps";

const NOTHING = { taken: [], isHintSkipped: false, isChecklistHidden: false, isManagerInvited: false };

describe("what is stored of the first steps", () => {
  it("is nothing at first, and when it cannot be read", () => {
    for (const text of [null, "", "null", "[]", "7", "{", '{"taken":7}']) expect(readFirstSteps(text)).toEqual(NOTHING);
  });

  it("keeps what was skipped and the steps that exist, in their order", () => {
    const text = JSON.stringify({ taken: ["care", "fly", "find"], isHintSkipped: true, isChecklistHidden: "yes" });
    expect(readFirstSteps(text)).toEqual({ ...NOTHING, taken: ["find", "care"], isHintSkipped: true });
  });
});
