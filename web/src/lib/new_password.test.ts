import { describe, expect, it } from "vitest";
import { newPassword } from "./new_password";

describe("a new password", () => {
  it("is long, and another each time", () => {
    const made = Array.from({ length: 50 }, newPassword);
    expect(new Set(made).size).toBe(50);
    expect(made.every((each) => /^[A-Za-z2-9]{16}$/.test(each))).toBe(true);
  });
});
