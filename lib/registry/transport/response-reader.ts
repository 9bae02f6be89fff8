import type { Dispatcher } from "undici";
import { headerOf, type HttpResponse, type NoResponse } from "./http-response.ts";
import { ERROR_LIMIT_BYTES } from "../limits.ts";
import type { Traffic } from "./traffic.ts";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|ERR_OSSL)/;
export const REFUSED_ADDRESS = "ERR_REFUSED_ADDRESS";

/** What a socket delivers at a time. */
const CHUNK_BYTES = 64 * 1024;

type Controller = Dispatcher.DispatchController;

/**
 * Reads one answer and counts its bytes. A body beyond its limit is never kept, and a request that was sent is counted once. It settles
 * exactly once; anything later is dropped with the connection.
 */
export class ResponseReader implements Dispatcher.DispatchHandler {
  readonly #settle: (exchange: HttpResponse | NoResponse) => void;
  readonly #traffic: Traffic;
  readonly #limitBytes: number;
  #controller: Controller | null = null;
  #settled = false;
  #status = 0;
  #headers: HttpResponse["headers"] = {};
  #chunks: Buffer[] = [];
  /** Room for a large body of a known length: as chunks it would be in memory twice. */
  #whole: Buffer | null = null;
  #size = 0;

  constructor(limitBytes: number, traffic: Traffic, settle: (exchange: HttpResponse | NoResponse) => void) {
    this.#limitBytes = limitBytes;
    this.#traffic = traffic;
    this.#settle = settle;
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // It was given up while it waited for a connection, so nothing is sent.
    if (this.#settled) controller.abort(new Error("given up before it was sent"));
    else this.#traffic.requests++;
  }

  onResponseStart(_controller: Controller, status: number, headers: HttpResponse["headers"]): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    const length = Number(headers["content-length"]);
    if (status >= 300 || Number.isNaN(length) || this.#limitBytes === 0) return;
    if (length > this.#limitBytes) this.#refuseSize();
    else if (length > CHUNK_BYTES) this.#whole = Buffer.allocUnsafeSlow(length);
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#settled) return;
    this.#traffic.bytes += chunk.length;
    this.#size += chunk.length;
    if (this.#status >= 300 && this.#size > ERROR_LIMIT_BYTES) {
      this.#chunks.push(chunk.subarray(0, chunk.length - (this.#size - ERROR_LIMIT_BYTES)));
      this.#end(ERROR_LIMIT_BYTES);
      this.stop(null);
    } else if (this.#status < 300 && this.#size > this.#limitBytes) this.#refuseSize();
    else if (this.#whole !== null && this.#size <= this.#whole.length) chunk.copy(this.#whole, this.#size - chunk.length);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end(this.#status < 300 ? this.#limitBytes : ERROR_LIMIT_BYTES);
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#finish(this.#describe(error));
  }

  /** Gives up the request or, with null, only its connection, because the answer is already known. */
  stop(reason: NoResponse | null): void {
    if (reason) this.#finish(reason);
    this.#controller?.abort(new Error(reason?.detail ?? "the rest is not read"));
  }

  #refuseSize(): void {
    this.stop({ kind: "none", code: "limit", detail: `a body of more than ${this.#limitBytes} bytes` });
  }

  #end(limitBytes: number): void {
    // A chunk is a part of the socket's buffer, which would stay as long as the chunk.
    const raw = this.#whole !== null && this.#size === this.#whole.length ? this.#whole : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#whole = null;
    const response: HttpResponse = { kind: "response", status: this.#status, headers: this.#headers, body: raw };
    if (this.#headers["content-encoding"] === undefined) return this.#finish(response);
    const body = decodeBody(headerOf(response, "content-encoding"), raw, limitBytes);
    this.#finish(
      body === null ? { kind: "none", code: "unexpected-content", detail: "a body whose encoding cannot be read" } : { ...response, body },
    );
  }

  #finish(exchange: HttpResponse | NoResponse): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(exchange);
  }

  #describe(error: Error): NoResponse {
    const code = codeOf(error);
    if (code === REFUSED_ADDRESS) return { kind: "none", code: "refused-address", detail: "an address that may not be asked" };
    if (TLS_CODE.test(code)) return { kind: "none", code: "tls", detail: code };
    if (code === "UND_ERR_CONNECT_TIMEOUT") return { kind: "none", code: "timeout", detail: "no connection in time" };
    if (this.#status > 0) return { kind: "none", code: "truncated", detail: `${this.#status}, but the body ended early` };
    return { kind: "none", code: "connection", detail: code };
  }
}

/**
 * Returns the code of the system or of undici, never the message, which may quote a server. If several addresses failed, the first counts.
 */
function codeOf(error: Error & { code?: unknown; errors?: unknown }): string {
  if (typeof error.code === "string") return error.code;
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : error.name;
}

const DECODERS = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync } as const;

/**
 * Decodes a body that is compressed although `identity` was asked for: digests are those of the decoded bytes. Null if the encoding is
 * unknown, the bytes do not have it, or they decode to more than `limitBytes`.
 */
function decodeBody(encoding: string, body: Buffer, limitBytes: number): Buffer | null {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity" || body.length === 0) return body;
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name as keyof typeof DECODERS] : null;
  if (decode === null) return null;
  try {
    return decode(body, { maxOutputLength: limitBytes });
  } catch {
    return null;
  }
}
