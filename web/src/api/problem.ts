import type { FieldError, ProblemDetails } from "./generated/registry";

/** A refusal of the API (RFC 9457), or the lack of any answer (`status` 0). */
export class ApiError extends Error {
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(problem: Partial<ProblemDetails>, status: number, requestId: string | null, retryAfter: number | null) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = "ApiError";
    this.kind = problem.type?.split(":").at(-1) ?? (status === 0 ? "no-answer" : "unexpected");
    this.title = problem.title ?? "";
    this.detail = problem.detail ?? "";
    this.status = status;
    this.requestId = problem.instance ?? requestId;
    this.errors = problem.errors ?? [];
    this.retryAfterSeconds = retryAfter;
  }
}

export function noAnswer(): ApiError {
  return new ApiError({}, 0, null, null);
}

/** Reads the problem document; an edge or proxy may answer with something else, which must not hide the status. */
export async function problemOf(response: Response): Promise<ApiError> {
  const isJson = /json/.test(response.headers.get("Content-Type") ?? "");
  const body: unknown = isJson ? await response.json().catch(() => null) : null;
  const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new ApiError(
    isRecord(body) ? body : {},
    response.status,
    response.headers.get("X-Request-Id"),
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
