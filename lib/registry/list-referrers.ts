import type { Digest } from "../oci/digest.ts";
import { parseDescriptors, type Descriptor } from "../oci/manifest.ts";
import { essenceOf, OCI_INDEX } from "../oci/media-types.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import type { FailureCode } from "./answer.ts";
import { codeOfStatus, failFor, failWith } from "./fail.ts";
import { parseErrorDocument } from "./error-document.ts";
import { headerOf, type HttpResponse } from "./transport/http-response.ts";
import { MANIFEST_LIMIT_BYTES, REFERRER_PAGES_LIMIT, REFERRERS_LIMIT } from "./limits.ts";
import { parseNextPage } from "./next-page.ts";
import type { ReferrersAnswer } from "./repository-client.ts";
import type { Question, Session } from "./session.ts";

/**
 * Lists everything that names the digest as its subject (distribution spec, "Listing Referrers"), never filtered by the server. 200 counts
 * only with an OCI index. 404 and redirects are `unsupported`: there is no API, or it is hidden. If a later page cannot be read, the list
 * fails, because a signature may be on that page.
 */
export async function listReferrers(session: Session, digest: Digest): Promise<ReferrersAnswer> {
  const descriptors = new Map<Digest, Descriptor>();
  const asked = new Set<string>();
  for (let query = ""; ;) {
    asked.add(query);
    const question: Question = { method: "GET", path: `referrers/${digest}${query}`, accept: OCI_INDEX, limitBytes: MANIFEST_LIMIT_BYTES };
    const operation = session.formatOperation(question);
    const reply = await session.ask(question);
    const page = reply.kind === "failed" ? reply : readPage(reply.response, operation, reply.attempts);
    if (page.kind !== "page") return asked.size === 1 ? page : missPage(page, operation);
    for (const descriptor of page.descriptors) if (!descriptors.has(descriptor.digest)) descriptors.set(descriptor.digest, descriptor);
    if (descriptors.size > 0) session.noteShown();
    session.registry.answersAsRegistry = true;
    const fail = (code: FailureCode, why: string): ReferrersAnswer => failWith(code, operation, why, 200, asked.size);
    if (descriptors.size > REFERRERS_LIMIT) return fail("limit", `more than ${REFERRERS_LIMIT} referrers`);
    if (page.next === null) return { kind: "listed", descriptors: [...descriptors.values()] };
    if (page.next === "unusable") return fail("page-missing", "a next page that cannot be asked for");
    if (asked.has(page.next.query)) return fail("page-missing", "its pages repeat themselves");
    if (asked.size >= REFERRER_PAGES_LIMIT) return fail("limit", `more than ${REFERRER_PAGES_LIMIT} pages`);
    query = page.next.query;
  }
}

interface ReferrersPage {
  readonly kind: "page";
  readonly descriptors: readonly Descriptor[];
  readonly next: ReturnType<typeof parseNextPage>;
}

type NoPage = Exclude<ReferrersAnswer, { readonly kind: "listed" }>;

function readPage(response: HttpResponse, operation: string, attempts: number): ReferrersPage | NoPage {
  const { status } = response;
  if (status === 404) {
    const wellFormed = isWellFormed(response);
    return { kind: "unsupported", detail: `404${wellFormed ? "" : " with a foreign page"}`, wellFormed };
  }
  if (status >= 300 && status < 400) return { kind: "unsupported", detail: `${status} redirect`, wellFormed: false };
  if (codeOfStatus(status) !== null) return failFor(response, operation, attempts);
  const fail = (code: FailureCode, received: string): NoPage => failWith(code, operation, received, status, attempts);
  const type = essenceOf(headerOf(response, "content-type"));
  if (type !== OCI_INDEX) return fail("unexpected-content", `200 with ${type || "no content type"}`);
  const parsed = parseJson(response.body);
  if (parsed.kind === "malformed") return fail("invalid-json", `200, but ${parsed.detail}`);
  if (!isJsonObject(parsed.value) || parsed.value["manifests"] === undefined || (parsed.value["mediaType"] ?? OCI_INDEX) !== OCI_INDEX) {
    return fail("unexpected-content", "200, but no index");
  }
  const { manifests } = parsed.value;
  if (Array.isArray(manifests) && manifests.length > REFERRERS_LIMIT) return fail("limit", `more than ${REFERRERS_LIMIT} referrers`);
  const descriptors = parseDescriptors(manifests, REFERRERS_LIMIT);
  if (descriptors === null) return fail("unexpected-content", "200, but an entry is no descriptor");
  return { kind: "page", descriptors, next: parseNextPage(headerOf(response, "link")) };
}

/** Reports whether a registry wrote the 404, or its router as plain text. */
function isWellFormed(response: HttpResponse): boolean {
  const type = essenceOf(headerOf(response, "content-type"));
  const { body } = response;
  return body.length === 0 || type === "text/plain" || parseErrorDocument(body) !== null;
}

function missPage(page: NoPage, operation: string): ReferrersAnswer {
  if (page.kind === "failed") return { kind: "failed", failure: { ...page.failure, code: "page-missing" } };
  return failWith("page-missing", operation, page.detail, null, 1);
}
