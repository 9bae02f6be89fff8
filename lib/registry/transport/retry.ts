import type { HttpResponse, NoResponse } from "./http-response.ts";
import { BACKOFF_FIRST_MS, BACKOFF_LIMIT_MS } from "../limits.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** Statuses that another attempt may change. 404, 401, 403, 405, 406 and 412 are never retried. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Reports whether the same request may succeed later in this run. */
export function isTransient(exchange: HttpResponse | NoResponse): boolean {
  if (exchange.kind === "response") return TRANSIENT_STATUSES.has(exchange.status);
  return exchange.code === "timeout" || exchange.code === "connection" || exchange.code === "truncated";
}

interface PlannedWait {
  readonly milliseconds: number;
  /** True if the host said how long: then all requests wait, not only this one. */
  readonly asked: boolean;
}

/**
 * Plans the wait after the attempt of that number (from 1): what the host asks for, or else a random time below a ceiling that doubles, so
 * that many clients do not return together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
 */
export function planWait(
  exchange: HttpResponse | NoResponse,
  attempt: number,
  { now, random }: { readonly now: () => number; readonly random: () => number },
): PlannedWait {
  const asked = exchange.kind === "response" ? parseRetryAfter(exchange, now()) : null;
  if (asked !== null) return { milliseconds: asked, asked: true };
  const ceiling = Math.min(BACKOFF_LIMIT_MS, BACKOFF_FIRST_MS * 2 ** (attempt - 1));
  return { milliseconds: random() * ceiling, asked: false };
}
