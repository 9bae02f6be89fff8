import type { Digest } from "../oci/digest.ts";
import { parseDescriptors, type Descriptor } from "../oci/manifest.ts";
import { essenceOf, OCI_INDEX } from "../oci/media-types.ts";
import { isJsonObject, parseJson, type JsonObject } from "../oci/parse-json.ts";
import type { FailureCode } from "./answer.ts";
import { codeOfStatus, failFor, failWith, isPastLimit } from "./fail.ts";
import { readUnsupported } from "./judge-unsupported.ts";
import { headerOf } from "./transport/http-response.ts";
import { MANIFEST_LIMIT_BYTES, REFERRER_PAGES_LIMIT, REFERRERS_LIMIT, REFERRERS_LIMIT_BYTES, SMALL_BYTES } from "./limits.ts";
import { parseNextPage } from "./next-page.ts";
import { askFollowing, continuationOf, type FollowedReply, type RefusedRedirect } from "./redirects.ts";
import type { ReferrersAnswer } from "./repository-client.ts";
import type { Question, Session } from "./session.ts";

/**
 * Lists everything that names the digest as its subject (distribution spec, "Listing Referrers"), never filtered by the server. 200 counts
 * only with an index, however it is labelled. What {@link readUnsupported} recognises, and a redirect to a page, are `unsupported`: there is no
 * API, or it is hidden. If a later page cannot be read, the list fails, because a signature may be on that page.
 */
export async function listReferrers(session: Session, digest: Digest): Promise<ReferrersAnswer> {
  const descriptors = new Map<Digest, Descriptor>();
  const asked = new Set<string>();
  let at: URL | null = null;
  let bytes = 0;
  for (let query = ""; ;) {
    asked.add(query);
    const question = { method: "GET", path: `referrers/${digest}${query}`, accept: OCI_INDEX } as const;
    const operation = session.formatOperation(question);
    const { page, reply } = await askForPage(session, question, at, digest);
    if (page.kind !== "page") return asked.size === 1 ? page : missPage(page, operation);
    for (const descriptor of page.descriptors) if (!descriptors.has(descriptor.digest)) descriptors.set(descriptor.digest, descriptor);
    if (descriptors.size > 0) session.noteShown(page.from);
    session.registry.noteAnswer(page.from);
    const fail = (code: FailureCode, why: string): ReferrersAnswer => failWith(code, operation, why, 200, asked.size);
    bytes += page.bytes;
    if (bytes > REFERRERS_LIMIT_BYTES) return fail("limit", `more than ${REFERRERS_LIMIT_BYTES} bytes of referrers`);
    if (descriptors.size > REFERRERS_LIMIT) return fail("limit", `more than ${REFERRERS_LIMIT} referrers`);
    if (page.next === null) return { kind: "listed", descriptors: [...descriptors.values()] };
    if (page.next === "unusable") return fail("page-missing", "a next page that cannot be asked for");
    if (asked.has(page.next.query)) return fail("page-missing", "its pages repeat themselves");
    if (asked.size >= REFERRER_PAGES_LIMIT) return fail("limit", `more than ${REFERRER_PAGES_LIMIT} pages`);
    query = page.next.query;
    at = reply.kind === "response" ? continuationOf(session, { ...question, limitBytes: 0 }, at, reply) : null;
  }
}

type PageReply = Awaited<ReturnType<typeof askFollowing>>;

/** Most pages are small. One that is larger is asked for once more when there is room for the largest, and read at once. */
async function askForPage(
  session: Session,
  question: Omit<Question, "limitBytes">,
  at: URL | null,
  digest: Digest,
): Promise<{ readonly page: ReferrersPage | NoPage; readonly reply: PageReply }> {
  const ask = async (limitBytes: number): Promise<{ readonly page: ReferrersPage | NoPage; readonly reply: PageReply }> => {
    const reply = await askFollowing(session, { ...question, limitBytes }, { at });
    return { reply, page: reply.kind === "response" ? readPage(reply) : "location" in reply ? judgeRefused(reply, digest) : reply };
  };
  const small = await ask(SMALL_BYTES);
  const isLarger = small.reply.kind === "failed" && !("location" in small.reply) && isPastLimit(small.reply.failure);
  return isLarger ? session.connections.manifests.hold(MANIFEST_LIMIT_BYTES, () => ask(MANIFEST_LIMIT_BYTES)) : small;
}

interface ReferrersPage {
  readonly kind: "page";
  /** How long it is. */
  readonly bytes: number;
  readonly descriptors: readonly Descriptor[];
  readonly next: ReturnType<typeof parseNextPage>;
  readonly from: URL;
}

type NoPage = Exclude<ReferrersAnswer, { readonly kind: "listed" }>;

function readPage(reply: FollowedReply): ReferrersPage | NoPage {
  const { response, operation, attempts, isRedirected, from } = reply;
  const { status } = response;
  const unsupported = readUnsupported(response);
  if (unsupported !== null) return unsupported;
  if (codeOfStatus(status) !== null) return failFor(response, operation, attempts);
  const fail = (code: FailureCode, received: string): NoPage => failWith(code, operation, received, status, attempts);
  const label = essenceOf(headerOf(response, "content-type"));
  const parsed = parseJson(response.body);
  if (parsed.kind === "malformed" && label === "text/html")
    return isRedirected ? toPage(`redirected to ${from.host}`) : fail("unexpected-content", "200 with text/html");
  if (parsed.kind === "malformed") return fail("invalid-json", `200, but ${parsed.detail}`);
  if (!isJsonObject(parsed.value) || !isIndex(parsed.value, label)) return fail("unexpected-content", "200, but no index");
  const { manifests } = parsed.value;
  if (Array.isArray(manifests) && manifests.length > REFERRERS_LIMIT) return fail("limit", `more than ${REFERRERS_LIMIT} referrers`);
  const descriptors = parseDescriptors(manifests, REFERRERS_LIMIT);
  if (descriptors === null) return fail("unexpected-content", "200, but an entry is no descriptor");
  return { kind: "page", bytes: response.body.length, descriptors, next: parseNextPage(headerOf(response, "link")), from };
}

/** A document that is labelled as something else must say itself that it is an index: an empty list claims that there is nothing. */
function isIndex({ manifests, mediaType, schemaVersion }: JsonObject, label: string): boolean {
  if (manifests === undefined || (mediaType ?? OCI_INDEX) !== OCI_INDEX) return false;
  return label === OCI_INDEX || mediaType === OCI_INDEX || schemaVersion === 2;
}

/** A redirect to the same list elsewhere is an API that may not be asked. Any other leads to a page, as GHCR's 303 does: there is no API. */
function judgeRefused({ location, failure }: RefusedRedirect, digest: Digest): NoPage {
  const [path] = location.replaceAll(/%3a/gi, ":").split(/[?#]/, 1);
  return path!.endsWith(`/referrers/${digest}`) ? { kind: "failed", failure } : toPage(`${failure.status} redirect`);
}

function toPage(detail: string): NoPage {
  return { kind: "unsupported", detail, wellFormed: false };
}

function missPage(page: NoPage, operation: string): ReferrersAnswer {
  if (page.kind === "failed") return { kind: "failed", failure: { ...page.failure, code: "page-missing" } };
  return failWith("page-missing", operation, page.detail, null, 1);
}
