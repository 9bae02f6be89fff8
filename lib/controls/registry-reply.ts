/** An answer of the control registry before it is sent. HEAD sends the same headers without the body. */
export interface RegistryReply {
  readonly status: number;
  /** Names in lower case. `content-length` is always that of `body`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** Makes a reply with the body's length in its headers. */
export function newReply(status: number, headers: Record<string, string>, body: Uint8Array | string = EMPTY): RegistryReply {
  const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { status, headers: { ...headers, "content-length": String(bytes.length) }, body: bytes };
}

/** Makes a reply with a JSON document. */
export function newJsonReply(status: number, document: unknown, contentType = "application/json"): RegistryReply {
  return newReply(status, { "content-type": contentType }, JSON.stringify(document));
}

/** The codes of error documents: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export type RegistryErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "DENIED"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_UNKNOWN"
  | "NAME_UNKNOWN"
  | "PAGINATION_NUMBER_INVALID"
  | "TOOMANYREQUESTS"
  | "UNAUTHORIZED"
  | "UNAVAILABLE"
  | "UNKNOWN"
  | "UNSUPPORTED";

/** Makes a reply with the error document of the distribution spec: `{"errors":[{"code","message","detail"}]}`. */
export function newErrorReply(
  status: number,
  code: RegistryErrorCode,
  message: string,
  headers: Record<string, string> = {},
): RegistryReply {
  const body = JSON.stringify({ errors: [{ code, message, detail: null }] });
  return newReply(status, { "content-type": "application/json; charset=utf-8", ...headers }, body);
}

/** The answer of CNCF distribution for routes that it does not have, such as `/referrers/`. */
export const PAGE_NOT_FOUND: RegistryReply = newReply(404, { "content-type": "text/plain; charset=utf-8" }, "404 page not found\n");
