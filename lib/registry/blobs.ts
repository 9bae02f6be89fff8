import { matchesDigest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { essenceOf } from "../oci/media-types.ts";
import { judgeMissing } from "./judge-missing.ts";
import { found, type Answer } from "./answer.ts";
import { addAttempts, codeOfStatus, failFor, failWith } from "./fail.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Reach } from "./transport/guarded-lookup.ts";
import { headerOf } from "./transport/http-response.ts";
import { BLOB_LIMIT_BYTES, REDIRECTS_LIMIT } from "./limits.ts";
import type { Question, SessionReply, Session } from "./session.ts";

/**
 * Fetches exactly the described bytes: size and digest must match, and a mismatch is read once more. It never asks the `urls` of
 * descriptors. It follows at most 5 redirects to storage, and sends no credentials to another origin.
 */
export async function fetchBlob(session: Session, descriptor: Descriptor): Promise<Answer<Uint8Array>> {
  const { digest, size } = descriptor;
  if (size > BLOB_LIMIT_BYTES) {
    const operation = session.formatOperation({ method: "GET", path: `blobs/${digest}` });
    return failWith("limit", operation, `${size} bytes; at most ${BLOB_LIMIT_BYTES} are read`, null, 0);
  }
  const first = await fetchOnce(session, descriptor);
  if (first.kind !== "failed" || first.failure.code !== "digest-mismatch") return first;
  return addAttempts(await fetchOnce(session, descriptor), first.failure.attempts);
}

async function fetchOnce(session: Session, descriptor: Descriptor): Promise<Answer<Uint8Array>> {
  const question: Question = { method: "GET", path: `blobs/${descriptor.digest}`, accept: "*/*", limitBytes: descriptor.size };
  const operation = session.formatOperation(question);
  const reply = await followRedirects(session, await session.ask(question), question.limitBytes, operation);
  if (reply.kind === "failed") {
    if (reply.failure.code !== "limit") return reply;
    return failWith("digest-mismatch", operation, "more bytes than described", 200, reply.failure.attempts);
  }
  const { response, attempts } = reply;
  if (response.status === 404) return judgeMissing(session, reply, { listed: false, operation });
  if (codeOfStatus(response.status) !== null) return failFor(response, operation, attempts);
  if (response.body.length === descriptor.size && matchesDigest(response.body, descriptor.digest)) {
    session.isShown = true;
    return found(response.body);
  }
  const type = essenceOf(headerOf(response, "content-type"));
  if (type === "text/html") return failWith("unexpected-content", operation, `200 with ${type}`, 200, attempts);
  return failWith("digest-mismatch", operation, "200, but other bytes than described", 200, attempts);
}

/** Follows redirects by hand, because each hop must be judged. */
async function followRedirects(session: Session, first: SessionReply, limitBytes: number, operation: string): Promise<SessionReply> {
  const { endpoint } = session.registry;
  let reply = first;
  let from = new URL(endpoint.origin);
  for (let hops = 0; reply.kind === "response" && isRedirect(reply.response.status); hops++) {
    const { response, attempts } = reply;
    const refuse = (detail: string): SessionReply => failWith("redirected", operation, detail, response.status, attempts);
    if (hops === REDIRECTS_LIMIT) return refuse(`more than ${REDIRECTS_LIMIT} redirects`);
    const hop = judgeRedirect(headerOf(response, "location"), from, endpoint, session.redirects);
    if (hop.kind === "refused") return refuse(hop.detail);
    const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity", "user-agent": "sealwatch" };
    const authorization = hop.url.origin === endpoint.origin ? await session.authorization() : null;
    if (authorization !== null) headers["authorization"] = authorization;
    const path = hop.url.pathname + hop.url.search;
    const sent = await session.connections
      .foreign(hop.url)
      .send({ method: "GET", path, headers, body: null, limitBytes, reach: hop.reach });
    const total = attempts + sent.attempts;
    session.budget.count(sent.attempts);
    const { exchange } = sent;
    // A 404 from storage is not the registry's word.
    if (exchange.kind === "none" || (exchange.status === 404 && hop.url.origin !== endpoint.origin))
      return failFor(exchange, `${operation}, redirected to ${hop.url.host}`, total);
    reply = { kind: "response", response: exchange, attempts: total };
    from = hop.url;
  }
  return reply;
}

/** The address that a redirected blob may be read from, or why it may not be read. */
type Hop = { readonly kind: "follow"; readonly url: URL; readonly reach: Reach } | { readonly kind: "refused"; readonly detail: string };

/**
 * Judges one redirect of a blob, which the registry or its storage wrote. It must lead to HTTPS, or from plain HTTP to plain HTTP on a
 * known host: the registry's own, or one that the watch list lists, with or without its port. Only a known host may have an address that is
 * not public.
 */
export function judgeRedirect(location: string, from: URL, endpoint: Endpoint, listed: readonly string[]): Hop {
  if (location === "" || !URL.canParse(location, from.href)) return { kind: "refused", detail: "a redirect without a usable location" };
  const url = new URL(location, from);
  const isKnown = url.host === endpoint.host || listed.includes(url.host) || listed.includes(url.hostname);
  if (url.username !== "" || url.password !== "") return { kind: "refused", detail: `a redirect with a user name to ${url.host}` };
  if (url.protocol !== "https:" && (url.protocol !== "http:" || from.protocol !== "http:" || !isKnown)) {
    return { kind: "refused", detail: `a redirect that is not HTTPS to ${url.host}` };
  }
  return { kind: "follow", url, reach: isKnown ? "anywhere" : "public" };
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
