import type { Role } from "./generated/auth";
import { isRecord } from "./problem";

/** Who the access token says we are. It decides what the page offers only: each right is checked by the server. */
export interface Me {
  username: string;
  role: Role;
  /** Names of granted sources, or `*` alone for all. */
  sources: string[];
  mustChangePassword: boolean;
  mustSetUpSecondFactor: boolean;
}

/** Scopes of a token that is good for one thing: a password of one's own, or a second factor. */
const PASSWORD_CHANGE = "password-change";
const SECOND_FACTOR_SETUP = "second-factor-setup";

/** Reads the middle part of a JWT; its signature is not ours to check. */
export function readClaims(token: string): Me {
  const part = token.split(".")[1] ?? "";
  const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!isRecord(claims)) throw new TypeError("An access token holds an object of claims");
  const { sub, role, sources, scope } = claims;
  const scopes = typeof scope === "string" ? scope.split(" ") : [];
  return {
    username: String(sub),
    role: role === "admin" || role === "service" ? role : "manager",
    sources: Array.isArray(sources) ? sources.map(String) : [],
    mustChangePassword: scopes.includes(PASSWORD_CHANGE),
    mustSetUpSecondFactor: scopes.includes(SECOND_FACTOR_SETUP),
  };
}
