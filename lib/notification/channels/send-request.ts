import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { HttpResponse, NoResponse } from "../../registry/transport/http-response.ts";
import { planWait } from "../../registry/transport/retry.ts";
import type { Surroundings } from "../../registry/transport/surroundings.ts";
import { RETRY_AFTER_MOST_MS, SEND_RETRIES, SEND_TIMEOUT_MS } from "../limits.ts";

interface Request {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

const EMPTY = Buffer.alloc(0);

/**
 * Sends a request, with retries after 408, 425, 429, any 5xx and missing answers, waiting as long as the host asks (at most a minute) or
 * with backoff. Follows no redirect and reads no body: only the status counts.
 * Throws SealwatchError `channel` that names only the host: the rest of the address may be a secret.
 */
export async function sendRequest(url: URL, request: Request, surroundings: Surroundings): Promise<void> {
  const { signal } = surroundings;
  const operation = `${request.method === "GET" ? "GET from" : "POST to"} ${url.host}`;
  for (let attempts = 1; ; attempts++) {
    const exchange = await send(url, request, signal);
    if (exchange.kind === "response" && exchange.status >= 200 && exchange.status < 300) return;
    const isLast = attempts > SEND_RETRIES || !mayHelp(exchange) || signal.aborted;
    if (isLast) throw describe(operation, exchange, attempts);
    const { milliseconds } = planWait(exchange, attempts, surroundings);
    try {
      await surroundings.sleep(Math.min(milliseconds, RETRY_AFTER_MOST_MS), signal);
    } catch {
      throw describe(operation, exchange, attempts);
    }
  }
}

async function send(url: URL, { method, headers, body }: Request, signal: AbortSignal): Promise<HttpResponse | NoResponse> {
  const timeout = AbortSignal.timeout(SEND_TIMEOUT_MS);
  try {
    const response = await fetch(url, { method, headers, body, redirect: "manual", signal: AbortSignal.any([signal, timeout]) });
    // The body is foreign and not needed, so nothing waits for it.
    response.body?.cancel().catch(() => undefined);
    return { kind: "response", status: response.status, headers: Object.fromEntries(response.headers), body: EMPTY };
  } catch (error) {
    if (signal.aborted) return { kind: "none", code: "connection", detail: "stopped" };
    if (timeout.aborted) return { kind: "none", code: "timeout", detail: `no answer within ${SEND_TIMEOUT_MS / 1000} s` };
    return { kind: "none", code: "connection", detail: codeOf(error) };
  }
}

function mayHelp(exchange: HttpResponse | NoResponse): boolean {
  return exchange.kind === "none" || exchange.status >= 500 || [408, 425, 429].includes(exchange.status);
}

function describe(operation: string, exchange: HttpResponse | NoResponse, attempts: number): SealwatchError {
  const received = exchange.kind === "response" ? `HTTP ${exchange.status}` : exchange.detail;
  const tries = attempts === 1 ? "" : ` after ${attempts} attempts`;
  return new SealwatchError("channel", `${operation}: ${received}${tries}; ${remedyOf(exchange)}`, { retryable: mayHelp(exchange) });
}

function remedyOf(exchange: HttpResponse | NoResponse): string {
  if (exchange.kind === "none") return "see whether the host is up and can be reached from here";
  const { status } = exchange;
  if (status >= 300 && status < 400) return "redirects are not followed: write the address it leads to";
  if (status === 401 || status === 403) return "see whether the token in its address, or its secret, is still right";
  if (status === 404 || status === 410) return "see whether its address is still right";
  return "see what the receiver says of it";
}

/** Returns the code of the system or the client, never a message, which could quote the address. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "no connection";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause === undefined ? "no connection" : codeOf(error.cause);
}
