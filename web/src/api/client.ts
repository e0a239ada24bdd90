/**
 * The one place that knows fetch. Rules kept here:
 * - the access token lives in memory only, never in storage, never in a URL;
 * - a refresh token is used once (reuse revokes the session), so refreshes are single-flight, across tabs as well;
 * - a call that meets 401 refreshes once and is repeated once;
 * - an outage never signs anybody out: only the auth service's own refusal does.
 */

import { learnServerTime } from "../lib/clock";
import { type Me, readClaims } from "./claims";
import { getPostRefreshUrl, type postRefresh } from "./generated/auth";
import { ApiError, noAnswer, problemOf } from "./problem";

/** `unknown` before the first refresh has answered; `expired` keeps the page and asks for the password above it. */
export type SessionState = "unknown" | "anonymous" | "active" | "expired";

type AccessToken = Awaited<ReturnType<typeof postRefresh>>;

const EARLY_REFRESH_MS = 20_000;

let token: { value: string; freshUntilMs: number } | null = null;
let me: Me | undefined;
let state: SessionState = "unknown";
const listeners = new Set<() => void>();

export function sessionState(): SessionState {
  return state;
}

/** Who is signed in; still known while a session that ended is being renewed. */
export function currentMe(): Me | undefined {
  return me;
}

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function acceptToken(answer: AccessToken): void {
  token = { value: answer.access_token, freshUntilMs: Date.now() + answer.expires_in * 1000 - EARLY_REFRESH_MS };
  const next = readClaims(answer.access_token);
  if (JSON.stringify(next) !== JSON.stringify(me)) me = next;
  become("active");
}

export function forgetToken(next: "anonymous" | "expired" = "anonymous"): void {
  token = null;
  if (next === "anonymous") me = undefined;
  become(next);
}

/** What the generated functions call: sends, refreshes when needed, answers with the decoded body. */
export async function call<T>(url: string, options: RequestInit = {}): Promise<T> {
  const response = await authorizedFetch(url, options);
  if (!response.ok) throw await problemOf(response);
  const body: unknown = response.status === 204 ? undefined : await response.json();
  return body as T; // the shape is the contract that the type was generated from
}

/** For answers that are read as a stream; the caller checks `ok`. */
export async function authorizedFetch(url: string, options: RequestInit = {}): Promise<Response> {
  if (isSessionUrl(url)) return send(url, options);
  if (token !== null && Date.now() > token.freshUntilMs) await refresh().catch(() => undefined);
  const response = await send(url, options);
  if (response.status !== 401) return response;
  await refresh();
  return send(url, options);
}

/** Signing in and out go without the old token and must not be repeated by themselves. */
function isSessionUrl(url: string): boolean {
  return /^\/api\/auth\/(token|refresh|logout)$/.test(url);
}

async function send(url: string, options: RequestInit): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("Accept-Language", document.documentElement.lang);
  if (token !== null && !isSessionUrl(url)) headers.set("Authorization", `Bearer ${token.value}`);
  let response: Response;
  try {
    response = await fetch(url, { ...options, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw noAnswer();
  }
  learnServerTime(response.headers.get("Date"));
  return response;
}

let refreshing: Promise<void> | null = null;

/** Gets a new access token by the cookie. Throws what the auth service said; 401 ends the session. */
export function refresh(): Promise<void> {
  refreshing ??= inOneTabAtATime(askForToken).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function askForToken(): Promise<void> {
  const response = await send(getPostRefreshUrl(), { method: "POST" });
  if (response.ok) {
    const answer: AccessToken = await response.json();
    acceptToken(answer);
    return;
  }
  const problem = await problemOf(response);
  if (response.status === 401) forgetToken(state === "unknown" || state === "anonymous" ? "anonymous" : "expired");
  throw problem;
}

/** Web locks exist in secure contexts only; over plain HTTP from another machine a tab can but guard itself. */
function inOneTabAtATime(act: () => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return act();
  return navigator.locks.request("vitrina-refresh", act);
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}
