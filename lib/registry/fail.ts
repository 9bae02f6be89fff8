import { failed, type Failed, type Failure, type FailureCode } from "./answer.ts";
import type { HttpResponse, NoResponse } from "./transport/http-response.ts";

/** Returns the failure code of a status, or null for 200. */
export function codeOfStatus(status: number): FailureCode | null {
  if (status >= 200 && status < 300) return status === 200 ? null : "unexpected-status";
  if (status >= 300 && status < 400) return "redirected";
  if (status >= 500) return "server-error";
  return CODES.get(status) ?? "unexpected-status";
}

const CODES: ReadonlyMap<number, FailureCode> = new Map([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not-found"],
  [408, "timeout"],
  [429, "throttled"],
]);

/** Returns the failure that an answer, or its absence, stands for. `operation` is as a session formats it. */
export function failFor(exchange: HttpResponse | NoResponse, operation: string, attempts: number): Failed {
  if (exchange.kind === "response")
    return failWith(codeOfStatus(exchange.status) ?? "unexpected-content", operation, String(exchange.status), exchange.status, attempts);
  const code = exchange.code === "refused-address" ? "redirected" : exchange.code;
  return failWith(code, operation, exchange.detail, null, attempts);
}

/** Returns a failure described in words: the operation, what was received, and after how many requests. */
export function failWith(code: FailureCode, operation: string, received: string, status: number | null, attempts: number): Failed {
  const tries = attempts > 1 ? ` after ${attempts} requests` : "";
  return failed(code, `${operation}: ${received}${tries}`, status, attempts);
}

/** Adds the requests that were made before a failed answer to its attempts. */
export function addAttempts<T extends { readonly kind: string }>(answer: T | Failed, before: number): T | Failed {
  if (!("failure" in answer)) return answer;
  return { kind: "failed", failure: { ...answer.failure, attempts: before + answer.failure.attempts } };
}

/** Reports whether an answer may have been longer than it was allowed to be. One that is compressed and too long cannot be decoded. */
export function isPastLimit({ code, status }: Failure): boolean {
  return code === "limit" || (code === "unexpected-content" && status === null);
}
