import { digestOf, isDigest, matchesDigest, type Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { DOCKER_SCHEMA_1, essenceOf, isIndexType, isManifestType, MANIFEST_ACCEPT } from "../oci/media-types.ts";
import { askHead, type Undecided } from "./ask-head.ts";
import { judgeMissing } from "./judge-missing.ts";
import { found, type Answer, type Failed, type FailureCode } from "./answer.ts";
import { addAttempts, codeOfStatus, failFor, failWith, isPastLimit } from "./fail.ts";
import { headerOf } from "./transport/http-response.ts";
import { MANIFEST_LIMIT_BYTES, SMALL_BYTES } from "./limits.ts";
import { askFollowing, type FollowedReply } from "./redirects.ts";
import type { FetchedManifest, ResolvedTag } from "./repository-client.ts";
import type { Question, Session } from "./session.ts";

/**
 * Resolves a tag by HEAD, or by GET and hashing if HEAD cannot decide: it is refused, gives no digest, or is labelled as no manifest
 * (distribution spec, "Checking if content exists"). With `by: "GET"`, HEAD is not believed at all.
 */
export async function resolveTag(
  session: Session,
  tag: string,
  { listed, by = "HEAD" }: { readonly listed: boolean; readonly by?: "HEAD" | "GET" },
): Promise<Answer<ResolvedTag>> {
  const head = by === "GET" ? UNASKED : await askHead(session, tag);
  const type = head.kind === "seen" ? head.label : "";
  if (head.kind === "seen" && isUsedType(type)) return found({ digest: head.digest, mediaType: type });
  if (head.kind === "failed") return head;
  const read = await readDocument(session, tag, { listed });
  if (read.kind !== "document") return addAttempts(read, head.attempts);
  // This registry labels manifests as something else: each further HEAD would be in vain.
  if (head.kind === "seen" && isUsedType(read.mediaType)) session.registry.isHeadUseless = true;
  return found({ digest: read.digest, mediaType: read.mediaType });
}

/** Reports whether a manifest is still served under its digest. A HEAD that names another digest, or that proves nothing, is no answer. */
export async function hasManifest(session: Session, digest: Digest): Promise<Answer<true>> {
  const head = await askHead(session, digest);
  if (head.kind === "failed") return head;
  if (head.kind === "seen" && head.digest === digest) return found(true);
  const read = await readDocument(session, digest, { listed: false });
  // The bytes match the digest, whatever else is wrong with them.
  if (read.kind === "failed" && read.failure.delivered) return found(true);
  return read.kind === "document" ? found(true) : addAttempts(read, head.attempts);
}

/**
 * Fetches a manifest by tag or digest, and recomputes its digest. By digest, the bytes must match it; by tag, they must match
 * `Docker-Content-Digest` if that is sent. A mismatch is read once more. Whatever the answer is labelled as, the bytes say what it is. If
 * they match the digest asked for, but are no manifest that can be read, the failure is marked `delivered`.
 */
export async function fetchManifest(
  session: Session,
  reference: string,
  options: { readonly listed: boolean },
): Promise<Answer<FetchedManifest>> {
  return manifestOf(await readDocument(session, reference, options), reference);
}

/**
 * Fetches a manifest as {@link fetchManifest} does, and lends it to `use`, so that only so many are in memory at a time. Nobody may fetch
 * another one before `use` is done.
 */
export function lendManifest<T>(
  session: Session,
  reference: string,
  { listed, use }: { readonly listed: boolean; readonly use: (answer: Answer<FetchedManifest>) => Promise<T> },
): Promise<T> {
  return holdDocument(session, reference, { listed }, (read) => use(manifestOf(read, reference)));
}

function manifestOf(read: Read, reference: string): Answer<FetchedManifest> {
  if (read.kind !== "document") return read;
  const { manifest, digest, mediaType, bytes } = read;
  if (manifest !== null) return found({ digest, mediaType, bytes, manifest });
  const received = "200, but a schema 1 manifest, which cannot be signed in this form";
  return fail("unexpected-content", read.operation, received, read.attempts, isDigest(reference) ? "delivered" : "stored");
}

/** A manifest as it was delivered. `manifest` is null for one of schema 1, which has a digest and nothing that is read here. */
interface Document extends Omit<FetchedManifest, "manifest"> {
  readonly kind: "document";
  readonly manifest: FetchedManifest["manifest"] | null;
  readonly attempts: number;
  readonly operation: string;
}

type Read = Document | Exclude<Answer<never>, { readonly kind: "found" }>;

function readDocument(session: Session, reference: string, options: { readonly listed: boolean }): Promise<Read> {
  return holdDocument(session, reference, options, (read) => Promise.resolve(read));
}

/** Most manifests are small. One that is larger is asked for once more when there is room for the largest. */
async function holdDocument<T>(
  session: Session,
  reference: string,
  { listed }: { readonly listed: boolean },
  use: (read: Read) => Promise<T>,
): Promise<T> {
  const { manifests } = session.connections;
  const small = await manifests.hold(SMALL_BYTES, async () => {
    const read = await readTwice(session, reference, { listed, limitBytes: SMALL_BYTES });
    return read.kind === "failed" && isPastLimit(read.failure) ? null : { used: await use(read) };
  });
  if (small !== null) return small.used;
  const whole = { listed, limitBytes: MANIFEST_LIMIT_BYTES };
  return manifests.hold(MANIFEST_LIMIT_BYTES, async () => use(await readTwice(session, reference, whole)));
}

interface ReadOptions {
  readonly listed: boolean;
  readonly limitBytes: number;
}

async function readTwice(session: Session, reference: string, options: ReadOptions): Promise<Read> {
  const first = await readOnce(session, reference, options);
  if (first.kind !== "failed" || first.failure.code !== "digest-mismatch") return first;
  return addAttempts(await readOnce(session, reference, options), first.failure.attempts);
}

async function readOnce(session: Session, reference: string, { listed, limitBytes }: ReadOptions): Promise<Read> {
  const question: Question = { method: "GET", path: `manifests/${reference}`, accept: MANIFEST_ACCEPT, limitBytes };
  const reply = await askFollowing(session, question);
  if (reply.kind === "failed") return reply;
  const { response, attempts, operation } = reply;
  if (response.status === 404) return judgeMissing(session, reply, { listed });
  if (codeOfStatus(response.status) !== null) return failFor(response, operation, attempts);
  return parseDocument(session, reference, reply);
}

/** Reads a 200. The label only explains what cannot be read, or says what bytes are that do not say so themselves. */
function parseDocument(session: Session, reference: string, { response, attempts, operation, from }: FollowedReply): Read {
  const label = essenceOf(headerOf(response, "content-type"));
  const header = headerOf(response, "docker-content-digest");
  const expected = isDigest(reference) ? reference : isDigest(header) ? header : null;
  const bytes = response.body;
  const parsed = parseManifest(bytes, label);
  // The digest of a signed schema 1 manifest leaves out its own signatures, so a tag's is taken from the registry, as HEAD tells it.
  const matches = expected === null || matchesDigest(bytes, expected) || (parsed.kind === "schema-1" && !isDigest(reference));
  const proven = !matches || expected === null ? null : isDigest(reference) ? "delivered" : "stored";
  if (label === "text/html" && (parsed.kind === "malformed" || !matches))
    return fail("unexpected-content", operation, "200 with text/html", attempts, proven === "delivered" ? proven : null);
  if (!matches) return fail("digest-mismatch", operation, "200, but the bytes have another digest", attempts);
  if (parsed.kind === "malformed") {
    const code = /^(?:not UTF-8|not JSON$|nested)/.test(parsed.detail) ? "invalid-json" : "unexpected-content";
    return fail(code, operation, `200, but ${parsed.detail}`, attempts, proven);
  }
  session.noteShown(from);
  const digest = expected ?? digestOf(bytes);
  const [manifest, mediaType] = parsed.kind === "schema-1" ? [null, DOCKER_SCHEMA_1] : [parsed.manifest, parsed.manifest.mediaType];
  return { kind: "document", manifest, mediaType, digest, bytes, attempts, operation };
}

const UNASKED: Undecided = { kind: "undecided", attempts: 0 };

function isUsedType(mediaType: string): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType);
}

/** `proven`: the bytes match the digest that was asked for, or the one that the registry names for a tag. */
function fail(
  code: FailureCode,
  operation: string,
  received: string,
  attempts: number,
  proven: "delivered" | "stored" | null = null,
): Failed {
  const { failure } = failWith(code, operation, received, 200, attempts);
  const mark = proven === "delivered" ? { delivered: true as const } : proven === "stored" ? { isStored: true as const } : {};
  return { kind: "failed", failure: { ...failure, ...mark } };
}
