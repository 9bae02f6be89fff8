import type { RegistryRequest, RequestKind } from "./registry-request.ts";
import { newErrorReply, newJsonReply, newReply, PAGE_NOT_FOUND, type RegistryErrorCode, type RegistryReply } from "./registry-reply.ts";

/** What the connection does instead of delivering the answer. */
export type WireFault =
  | "reset" // cut before any byte
  | "hang" // never answered
  | "truncated" // complete headers, half the body, then cut
  | "stalled" // complete headers, half the body, then silence
  | "endless"; // the body goes on past every limit

export interface FaultEffect {
  /** Replaces the true answer, which is made only if it is called. */
  readonly reply?: (answer: () => RegistryReply, request: RegistryRequest) => RegistryReply;
  readonly wire?: WireFault;
}

const HTML = "<!doctype html><html><body>Something else lives here</body></html>";

/** The faults, with their effect on the true answer. */
export const FAULTS = {
  "400": { reply: () => newErrorReply(400, "UNKNOWN", "bad request") },
  "401": {
    reply: () => newErrorReply(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": 'Basic realm="control"' }),
  },
  "401-no-challenge": { reply: () => newErrorReply(401, "UNAUTHORIZED", "authentication required") },
  "403": { reply: () => newErrorReply(403, "DENIED", "requested access to the resource is denied") },
  "404-error": { reply: (_, request) => newErrorReply(404, unknownCodeOf(request.kind), "not found") },
  "404-empty": { reply: () => newReply(404, {}) },
  "404-html": { reply: () => newReply(404, { "content-type": "text/html" }, HTML) },
  "404-text": { reply: () => PAGE_NOT_FOUND },
  "404-json": {
    reply: () => newReply(404, { "content-type": "application/json" }, '{"message":"Not Found"}'),
  },
  "405": { reply: () => newErrorReply(405, "UNSUPPORTED", "the operation is unsupported") },
  "408": { reply: () => newReply(408, {}) },
  "429": { reply: () => newErrorReply(429, "TOOMANYREQUESTS", "too many requests") },
  "429-retry-after": {
    reply: () => newErrorReply(429, "TOOMANYREQUESTS", "too many requests", { "retry-after": "1" }),
  },
  "500": { reply: () => newErrorReply(500, "UNKNOWN", "unknown error") },
  "502-html": { reply: () => newReply(502, { "content-type": "text/html" }, HTML) },
  "503": { reply: () => newErrorReply(503, "UNAVAILABLE", "service unavailable") },
  "503-retry-after": {
    reply: () => newErrorReply(503, "UNAVAILABLE", "service unavailable", { "retry-after": "1" }),
  },
  "200-html": { reply: () => newReply(200, { "content-type": "text/html" }, HTML) },
  "200-empty": { reply: (answer) => newReply(200, typeOf(answer())) },
  // The true bytes with the type of a login page.
  "wrong-content-type": {
    reply: (answer) => withHeaders(answer(), { "content-type": "text/html" }),
  },
  // The true bytes under another label, or under none. Errors are labelled so, too.
  "as-text": { reply: (answer) => withHeaders(answer(), { "content-type": "text/plain; charset=utf-8" }) },
  "as-json": { reply: (answer) => withHeaders(answer(), { "content-type": "application/json" }) },
  "as-bytes": { reply: (answer) => withHeaders(answer(), { "content-type": "application/octet-stream" }) },
  "without-type": { reply: (answer) => withoutHeader(answer(), "content-type") },
  // The first half of a list of tags, without a link; `last` does not help.
  "half-list": { reply: (answer, request) => (request.kind === "tags" ? halfList(answer()) : answer()) },
  // Half a document, without the digest header that would reveal it first.
  "invalid-json": { reply: (answer) => newReply(200, typeOf(answer()), halfOf(answer().body)) },
  // The true headers over different bytes of the same length.
  "other-bytes": { reply: (answer) => ({ ...answer(), body: swapLetters(answer().body) }) },
  "wrong-digest-header": {
    reply: (answer) => withHeaders(answer(), { "docker-content-digest": `sha256:${"0".repeat(64)}` }),
  },
  "no-digest-header": { reply: (answer) => withoutHeader(answer(), "docker-content-digest") },
  // A first page that links to a second one, which never exists.
  "next-page-missing": { reply: (answer, request) => withNextPage(answer, request, "missing") },
  "next-page-loop": {
    reply: (answer, request) => withHeaders(answer(), { link: `<${request.path}>; rel="next"` }),
  },
  "next-page-elsewhere": {
    reply: (answer) => withHeaders(answer(), { link: '<http://169.254.169.254/v2/>; rel="next"' }),
  },
  "redirect-private": {
    reply: () => newReply(307, { location: "http://169.254.169.254/latest/meta-data/" }),
  },
  "redirect-loop": { reply: (_, request) => newReply(307, { location: request.path }) },
  reset: { wire: "reset" },
  hang: { wire: "hang" },
  truncated: { wire: "truncated" },
  stalled: { wire: "stalled" },
  endless: { wire: "endless" },
} as const satisfies Record<string, FaultEffect>;

export type FaultName = keyof typeof FAULTS;

/** Selects requests by a predicate, or by fields that must all match. `path` matches a part of the request's path. */
export type FaultCondition =
  | ((request: RegistryRequest) => boolean)
  | { readonly kind?: RequestKind; readonly method?: string; readonly path?: string };

export interface FaultRule {
  readonly when: FaultCondition;
  readonly fault: FaultName;
  /** The number of matching requests that get the fault; all by default. */
  readonly times?: number;
}

/** Reports whether a condition matches a request. */
export function fitsCondition(condition: FaultCondition, request: RegistryRequest): boolean {
  if (typeof condition === "function") return condition(request);
  return (
    (condition.kind === undefined || condition.kind === request.kind) &&
    (condition.method === undefined || condition.method === request.method) &&
    (condition.path === undefined || request.path.includes(condition.path))
  );
}

function unknownCodeOf(kind: RequestKind): RegistryErrorCode {
  if (kind === "blob") return "BLOB_UNKNOWN";
  return kind === "tags" ? "NAME_UNKNOWN" : "MANIFEST_UNKNOWN";
}

function typeOf(answer: RegistryReply): Record<string, string> {
  return { "content-type": answer.headers["content-type"] ?? "application/json" };
}

function withHeaders(answer: RegistryReply, headers: Record<string, string>): RegistryReply {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function withoutHeader(answer: RegistryReply, name: string): RegistryReply {
  return { ...answer, headers: Object.fromEntries(Object.entries(answer.headers).filter(([key]) => key !== name)) };
}

function withNextPage(answer: () => RegistryReply, request: RegistryRequest, page: string): RegistryReply {
  if (new URLSearchParams(request.query).get("page") === page) return newErrorReply(404, "NAME_UNKNOWN", "no such page");
  return withHeaders(answer(), { link: `<${request.path.split("?", 1)[0]}?page=${page}>; rel="next"` });
}

function halfOf(body: Buffer): Buffer {
  return body.subarray(0, Math.floor(body.length / 2));
}

function halfList(answer: RegistryReply): RegistryReply {
  if (answer.status !== 200) return answer;
  const { tags, ...document } = JSON.parse(answer.body.toString()) as { readonly tags: readonly string[] | null };
  return newJsonReply(200, { ...document, tags: tags?.slice(0, Math.ceil(tags.length / 2)) ?? null });
}

/** Turns every 'a' into 'b': still JSON of the same length, but with different content. */
function swapLetters(body: Buffer): Buffer {
  return Buffer.from(body.map((byte) => (byte === 0x61 ? 0x62 : byte)));
}
