import type { FailureCode } from "../answer.ts";

/** One answer of a host, read to its end. Every byte of it may be hostile. */
export interface HttpResponse {
  readonly kind: "response";
  readonly status: number;
  /** Names are lower-case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Decoded. For an error (status 300 and more), at most the first 64 KiB. */
  readonly body: Buffer;
}

/** No answer could be read. `refused-address`: the host resolves to an address that is out of reach. */
export interface NoResponse {
  readonly kind: "none";
  readonly code:
    | Extract<FailureCode, "timeout" | "connection" | "tls" | "truncated" | "limit" | "budget" | "throttled" | "unexpected-content">
    | "refused-address";
  /** What happened, without the operation. */
  readonly detail: string;
}

/** Returns how many bytes of an answer were read. */
export function bytesOf(exchange: HttpResponse | NoResponse): number {
  return exchange.kind === "response" ? exchange.body.length : 0;
}

/** Returns a header's value, or empty text if it is absent. Lines of the same name are joined (RFC 9110 section 5.3). */
export function headerOf(response: HttpResponse, name: string): string {
  const value = response.headers[name];
  if (value === undefined) return "";
  return typeof value === "string" ? value : value.join(", ");
}

/** Reports whether a media type is `application/json` or based on it. */
export function isJsonType(mediaType: string): boolean {
  return /[/+]json$/.test(mediaType);
}
