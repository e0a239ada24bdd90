import { beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken } from "../testing/tokens";
import { ApiError } from "./problem";

type Handler = (url: string, init: RequestInit) => Response;

let calls: string[] = [];

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers },
  });
}

function serve(handler: Handler): void {
  calls = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const authorization = new Headers(init.headers).get("Authorization");
    calls.push(authorization === null ? url : `${url} ${authorization}`);
    return handler(url, init);
  });
}

/** A fresh module each time: the session lives in it. */
async function client(): Promise<typeof import("./client")> {
  vi.resetModules();
  return import("./client");
}

const OLD = accessToken({ sub: "anna", role: "admin", sources: ["*"], jti: "old" });
const NEW = accessToken({ sub: "anna", role: "admin", sources: ["*"], jti: "new" });

const token = (value: string) => ({ access_token: value, token_type: "Bearer" as const, expires_in: 600 });

describe("the session", () => {
  beforeEach(() => {
    vi.unstubAllGlobals();
    vi.stubGlobal("document", { documentElement: { lang: "en" } });
    vi.stubGlobal("navigator", {});
  });

  it("refreshes once and repeats once after a 401", async () => {
    const { acceptToken, call } = await client();
    acceptToken(token(OLD));
    serve((url, init) => {
      if (url === "/api/auth/refresh") return answer(200, token(NEW));
      const isNew = new Headers(init.headers).get("Authorization") === `Bearer ${NEW}`;
      return isNew ? answer(200, { ok: true }) : answer(401, { type: "urn:vitrina:problem:token-expired" });
    });
    expect(await call("/api/v1/overview")).toEqual({ ok: true });
    expect(calls).toEqual([`/api/v1/overview Bearer ${OLD}`, "/api/auth/refresh", `/api/v1/overview Bearer ${NEW}`]);
  });

  it("asks for one token however many calls need it, because a refresh token works once", async () => {
    const { acceptToken, call } = await client();
    acceptToken(token(OLD));
    serve((url, init) => {
      if (url === "/api/auth/refresh") return answer(200, token(NEW));
      return new Headers(init.headers).get("Authorization") === `Bearer ${NEW}` ? answer(200, {}) : answer(401, {});
    });
    await Promise.all([call("/a"), call("/b"), call("/c")]);
    expect(calls.filter((url) => url === "/api/auth/refresh")).toHaveLength(1);
  });

  it("expires when the auth service refuses, and keeps the page", async () => {
    const { acceptToken, call, sessionState } = await client();
    acceptToken(token(OLD));
    serve(() => answer(401, { type: "urn:vitrina:problem:unauthenticated" }));
    await expect(call("/api/v1/overview")).rejects.toThrow();
    expect(sessionState()).toBe("expired");
  });

  it("is not ended by an outage", async () => {
    const { acceptToken, call, sessionState } = await client();
    acceptToken(token(OLD));
    serve((url) => (url === "/api/auth/refresh" ? answer(503, {}) : answer(401, {})));
    await expect(call("/api/v1/overview")).rejects.toMatchObject({ status: 503 });
    expect(sessionState()).toBe("active");
  });

  it("begins anonymous without a cookie", async () => {
    const { refresh, sessionState } = await client();
    serve(() => answer(401, {}));
    await expect(refresh()).rejects.toThrow();
    expect(sessionState()).toBe("anonymous");
  });

  it("does not send the old token along with a new password", async () => {
    const { acceptToken, call } = await client();
    acceptToken(token(OLD));
    serve(() => answer(401, { type: "urn:vitrina:problem:wrong-credentials" }));
    await expect(call("/api/auth/token", { method: "POST" })).rejects.toMatchObject({ kind: "wrong-credentials" });
    expect(calls).toEqual(["/api/auth/token"]);
  });
});

describe("a refusal", () => {
  beforeEach(() => {
    vi.stubGlobal("document", { documentElement: { lang: "en" } });
    vi.stubGlobal("navigator", {});
  });

  it("carries what the problem document says", async () => {
    const { call } = await client();
    const body = { type: "urn:vitrina:problem:invalid", title: "T", detail: "D", status: 422, instance: "r1" };
    serve(() => answer(422, { ...body, errors: [{ field: "name", message: "taken" }] }));
    await expect(call("/x")).rejects.toMatchObject({ kind: "invalid", requestId: "r1", errors: [{ field: "name" }] });
  });

  it("keeps its status when the edge answers with a page of its own", async () => {
    const { call } = await client();
    serve(
      () => new Response("<html>", { status: 502, headers: { "Content-Type": "text/html", "X-Request-Id": "e1" } }),
    );
    await expect(call("/x")).rejects.toMatchObject({ status: 502, kind: "unexpected", requestId: "e1" });
  });

  it("has status 0 when nobody answers", async () => {
    const { call } = await client();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const error: unknown = await call("/x").catch((each: unknown) => each);
    expect(error).toHaveProperty("status", 0);
    expect(error).toHaveProperty("name", ApiError.name);
  });
});
