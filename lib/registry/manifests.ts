import { digestOf, isDigest, matchesDigest, type Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { essenceOf, isIndexType, isManifestType, MANIFEST_ACCEPT } from "../oci/media-types.ts";
import { judgeMissing } from "./judge-missing.ts";
import { found, type Answer, type FailureCode } from "./answer.ts";
import { addAttempts, codeOfStatus, failFor, failWith } from "./fail.ts";
import { headerOf, type HttpResponse } from "./transport/http-response.ts";
import { MANIFEST_LIMIT_BYTES } from "./limits.ts";
import type { FetchedManifest, ResolvedTag } from "./repository-client.ts";
import type { Question, Session } from "./session.ts";

/**
 * Resolves a tag by HEAD, or by GET and hashing if HEAD is refused or gives no digest (distribution spec, "Checking if content exists").
 */
export async function resolveTag(session: Session, tag: string, options: { readonly listed: boolean }): Promise<Answer<ResolvedTag>> {
  const head = await askHead(session, tag, options.listed);
  if (head.kind !== "useless") return head;
  const fetched = await fetchManifest(session, tag, options);
  if (fetched.kind !== "found") return addAttempts(fetched, head.attempts);
  return found({ digest: fetched.value.digest, mediaType: fetched.value.mediaType });
}

/** Reports whether a manifest is still served under its digest. */
export async function hasManifest(session: Session, digest: Digest): Promise<Answer<true>> {
  const head = await askHead(session, digest, false);
  if (head.kind === "found" && head.value.digest !== digest) {
    return fail("digest-mismatch", session, newQuestion("HEAD", digest), "200 for another digest", 1);
  }
  if (head.kind !== "useless") return head.kind === "found" ? found(true) : head;
  const fetched = await fetchManifest(session, digest, { listed: false });
  // The bytes match the digest, whatever else is wrong with them.
  if (fetched.kind === "failed" && fetched.failure.delivered) return found(true);
  return fetched.kind === "found" ? found(true) : addAttempts(fetched, head.attempts);
}

/**
 * Fetches a manifest by tag or digest, and recomputes its digest. By digest, the bytes must match it; by tag, they must match
 * `Docker-Content-Digest` if that is sent. A mismatch is read once more. If the bytes match the digest asked for, but are no manifest by
 * type or form, the failure is marked `delivered`.
 */
export async function fetchManifest(
  session: Session,
  reference: string,
  options: { readonly listed: boolean },
): Promise<Answer<FetchedManifest>> {
  const first = await fetchOnce(session, reference, options);
  if (first.kind !== "failed" || first.failure.code !== "digest-mismatch") return first;
  return addAttempts(await fetchOnce(session, reference, options), first.failure.attempts);
}

async function fetchOnce(session: Session, reference: string, { listed }: { readonly listed: boolean }): Promise<Answer<FetchedManifest>> {
  const question = newQuestion("GET", reference);
  const reply = await session.ask(question);
  if (reply.kind === "failed") return reply;
  const { response, attempts } = reply;
  if (response.status === 404) return judgeMissing(session, reply, { listed, operation: session.formatOperation(question) });
  if (codeOfStatus(response.status) !== null) return failFor(response, session.formatOperation(question), attempts);
  const mediaType = essenceOf(headerOf(response, "content-type"));
  const isManifest = isIndexType(mediaType) || isManifestType(mediaType);
  const header = headerOf(response, "docker-content-digest");
  const expected = isDigest(reference) ? reference : isDigest(header) ? header : null;
  const matches = expected === null || matchesDigest(response.body, expected);
  const delivered = isDigest(reference) && matches;
  if (!isManifest) return fail("unexpected-content", session, question, `200 with ${mediaType || "no content type"}`, attempts, delivered);
  if (!matches) return fail("digest-mismatch", session, question, "200, but the bytes have another digest", attempts);
  const parsed = parseManifest(response.body, mediaType);
  if (parsed.kind === "malformed") {
    const code = /^(?:not UTF-8|not JSON$|nested)/.test(parsed.detail) ? "invalid-json" : "unexpected-content";
    return fail(code, session, question, `200, but ${parsed.detail}`, attempts, delivered);
  }
  session.noteShown();
  return found({ digest: expected ?? digestOf(response.body), mediaType, bytes: response.body, manifest: parsed.manifest });
}

/** HEAD gives too little, so GET is needed. This is remembered for the registry, because it depends on the server. */
interface Useless {
  readonly kind: "useless";
  readonly attempts: number;
}

async function askHead(session: Session, reference: string, listed: boolean): Promise<Answer<ResolvedTag> | Useless> {
  if (session.registry.isHeadUseless) return { kind: "useless", attempts: 0 };
  const question = newQuestion("HEAD", reference);
  const reply = await session.ask(question);
  if (reply.kind === "failed") return reply;
  const { response, attempts } = reply;
  if (response.status === 405 || response.status === 501) return noteUseless(session, attempts);
  if (response.status === 404) return judgeMissing(session, reply, { listed, operation: session.formatOperation(question) });
  if (codeOfStatus(response.status) !== null) return failFor(response, session.formatOperation(question), attempts);
  return readHead(session, question, response, attempts);
}

function readHead(session: Session, question: Question, response: HttpResponse, attempts: number): Answer<ResolvedTag> | Useless {
  const mediaType = essenceOf(headerOf(response, "content-type"));
  const digest = headerOf(response, "docker-content-digest");
  if (mediaType === "") return noteUseless(session, attempts);
  if (!isIndexType(mediaType) && !isManifestType(mediaType))
    return fail("unexpected-content", session, question, `200 with ${mediaType}`, attempts);
  if (!isDigest(digest)) return noteUseless(session, attempts);
  session.isShown = true;
  return found({ digest, mediaType });
}

function noteUseless(session: Session, attempts: number): Useless {
  session.registry.isHeadUseless = true;
  return { kind: "useless", attempts };
}

function newQuestion(method: "GET" | "HEAD", reference: string): Question {
  return { method, path: `manifests/${reference}`, accept: MANIFEST_ACCEPT, limitBytes: method === "HEAD" ? 0 : MANIFEST_LIMIT_BYTES };
}

function fail(
  code: FailureCode,
  session: Session,
  question: Question,
  received: string,
  attempts: number,
  delivered = false,
): Answer<never> {
  const { failure } = failWith(code, session.formatOperation(question), received, 200, attempts);
  return { kind: "failed", failure: delivered ? { ...failure, delivered: true } : failure };
}
