import { failed, type Failure, type FailureCode } from "./answer.ts";
import type { HttpResponse, NoResponse } from "./transport/http-response.ts";

/** The code of an answer that is no success, or null for one that is. */
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

/** The failure that an answer (or its absence) stands for; `operation` is as {@link formatOperation} writes it. */
export function describeFailure(exchange: HttpResponse | NoResponse, operation: string, attempts: number): Failure {
  if (exchange.kind === "response")
    return describeAs(codeOfStatus(exchange.status) ?? "unexpected-content", operation, String(exchange.status), exchange.status, attempts);
  const code = exchange.code === "refused-address" ? "redirected" : exchange.code;
  return describeAs(code, operation, exchange.detail, null, attempts);
}

/** A failure in words: operation, what was received, after how many requests. */
export function describeAs(code: FailureCode, operation: string, received: string, status: number | null, attempts: number): Failure {
  const tries = attempts > 1 ? ` after ${attempts} requests` : "";
  return failed(code, `${operation}: ${received}${tries}`, status, attempts).failure;
}

/** The answer with the requests that were made for it before. */
export function addAttempts<T extends { readonly kind: string }>(
  answer: T | { readonly kind: "failed"; readonly failure: Failure },
  before: number,
) {
  if (!("failure" in answer)) return answer;
  return { kind: "failed" as const, failure: { ...answer.failure, attempts: before + answer.failure.attempts } };
}
