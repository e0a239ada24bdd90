import { describe, expect, it } from "vitest";
import { accessToken } from "../testing/tokens";
import { readClaims } from "./claims";

describe("the claims of an access token", () => {
  it("say who we are, also in Cyrillic", () => {
    const token = accessToken({ sub: "анна", role: "manager", sources: ["казань"] });
    expect(readClaims(token)).toEqual({
      username: "анна",
      role: "manager",
      sources: ["казань"],
      mustChangePassword: false,
      mustSetUpSecondFactor: false,
    });
  });

  it("tell a token that is only good for a new password", () => {
    expect(readClaims(accessToken({ sub: "a", role: "admin", scope: "x password-change" })).mustChangePassword).toBe(
      true,
    );
    expect(readClaims(accessToken({ sub: "a", role: "admin", scope: "password-changed" })).mustChangePassword).toBe(
      false,
    );
  });

  it("tell a token that is only good for setting a second factor up", () => {
    const me = readClaims(accessToken({ sub: "a", role: "admin", scope: "second-factor-setup" }));
    expect([me.mustSetUpSecondFactor, me.mustChangePassword]).toEqual([true, false]);
  });

  it("offer the least when the role is one that we do not know", () => {
    expect(readClaims(accessToken({ sub: "a", role: "auditor" })).role).toBe("manager");
  });
});
