import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { headerOf, type HttpResponse } from "./http-response.ts";
import { RETRY_AFTER_LEAST_MS, RETRY_AFTER_MOST_MS } from "../limits.ts";

const SECONDS = /^\d{1,9}$/;
const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, µs: 1e-3, μs: 1e-3, us: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const GO_DURATION = /retry-after:\s*(?<amount>\d+(?:\.\d+)?)(?<unit>ns|µs|μs|us|ms|s|m|h)\b/iu;

/**
 * Returns how long a host asks to wait, in milliseconds between 1 s and 1 h, or null if it says nothing usable. It may say so by
 * `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3), by `X-Retry-After` as epoch seconds, or by a Go duration in the message
 * of the error document, as GHCR does.
 */
export function parseRetryAfter(response: HttpResponse, now: number): number | null {
  const wait =
    fromHeader(headerOf(response, "retry-after"), now) ?? fromEpoch(headerOf(response, "x-retry-after"), now) ?? fromMessage(response.body);
  return wait === null ? null : Math.min(Math.max(wait, RETRY_AFTER_LEAST_MS), RETRY_AFTER_MOST_MS);
}

function fromHeader(value: string, now: number): number | null {
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1000;
  // Only text that looks like an HTTP date: Date.parse would take "-1" for a year.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : date - now;
}

function fromEpoch(value: string, now: number): number | null {
  return SECONDS.test(value) || /^\d{10}$/.test(value) ? Number(value) * 1000 - now : null;
}

function fromMessage(body: Uint8Array): number | null {
  if (body.length === 0) return null;
  const parsed = parseJson(body);
  if (parsed.kind === "malformed" || !isJsonObject(parsed.value)) return null;
  const errors = parsed.value["errors"];
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  const message = isJsonObject(first) ? first["message"] : null;
  const groups = typeof message === "string" ? GO_DURATION.exec(message)?.groups : undefined;
  return groups ? Number(groups["amount"]) * UNIT_MS[groups["unit"]!.toLowerCase()]! : null;
}
