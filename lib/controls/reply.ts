/** An answer of the control registry before it is sent; a HEAD sends the same headers without the body. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. `content-length` is always that of `body`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** A reply with the body's length in its headers. */
export function newReply(status: number, headers: Record<string, string>, body: Uint8Array | string = EMPTY): Reply {
  const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { status, headers: { ...headers, "content-length": String(bytes.length) }, body: bytes };
}

/** A JSON document; `contentType` where it is more than `application/json`. */
export function newJsonReply(status: number, document: unknown, contentType = "application/json"): Reply {
  return newReply(status, { "content-type": contentType }, JSON.stringify(document));
}

/** Codes of error documents: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export type RegistryErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "DENIED"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_UNKNOWN"
  | "PAGINATION_NUMBER_INVALID"
  | "SIZE_INVALID"
  | "TOOMANYREQUESTS"
  | "UNAUTHORIZED"
  | "UNAVAILABLE"
  | "UNKNOWN"
  | "UNSUPPORTED";

/** The error document of the distribution spec: `{"errors":[{"code","message","detail"}]}`. */
export function newErrorReply(status: number, code: RegistryErrorCode, message: string, headers: Record<string, string> = {}): Reply {
  const body = JSON.stringify({ errors: [{ code, message, detail: null }] });
  return newReply(status, { "content-type": "application/json; charset=utf-8", ...headers }, body);
}

/** What CNCF distribution answers where it has no route, `/referrers/` among them. */
export const PAGE_NOT_FOUND: Reply = newReply(404, { "content-type": "text/plain; charset=utf-8" }, "404 page not found\n");
