import { isTag } from "../oci/reference.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { essenceOf } from "../oci/media-types.ts";
import type { Failed, FailureCode } from "./answer.ts";
import { codeOfStatus, failFor, failWith } from "./fail.ts";
import { headerOf, type HttpResponse } from "./transport/http-response.ts";
import { TAGS_PAGE_LIMIT_BYTES } from "./limits.ts";
import { parseNextPage } from "./next-page.ts";
import type { BulkList } from "./repository-client.ts";
import { readAbsence } from "./read-absence.ts";
import { readManifestMap } from "./manifest-map.ts";
import { askFollowing, continuationOf } from "./redirects.ts";
import type { Session } from "./session.ts";
import { profileOfHeaders } from "./vendors/profiles.ts";

/** One page of a tag list. */
export interface TagsPage {
  readonly kind: "page";
  /** Well-formed tags only. */
  readonly tags: readonly string[];
  /** The number of entries as delivered, tags or not. */
  readonly entries: number;
  /** The number of entries that whoever answered was asked for, or null. */
  readonly size: number | null;
  /** Whether this registry delivered no longer page in this run: then it may have shortened this one in silence. */
  readonly isLongest: boolean;
  readonly next: ReturnType<typeof parseNextPage>;
  /** What the registry told beside the tags, if it did. */
  readonly bulk: BulkList | null;
  /** Where the list goes on, as `continuationOf` says. */
  readonly at: URL | null;
  readonly attempts: number;
}

/**
 * Asks for one page, at the registry or at the address `at`. `query` is empty or starts with `?`. A page is a positive answer: it proves
 * that the repository is shown. Its label proves nothing: ECR writes text/plain.
 */
export async function askForTags(session: Session, query: string, at: URL | null = null): Promise<TagsPage | Failed> {
  const limitBytes = session.registry.profile.tagsPageLimitBytes ?? TAGS_PAGE_LIMIT_BYTES;
  const question = { method: "GET", path: `tags/list${query}`, accept: "application/json", limitBytes } as const;
  const reply = await askFollowing(session, question, { at });
  if (reply.kind === "failed") return reply;
  const { response, attempts, operation, from } = reply;
  if (codeOfStatus(response.status) !== null) {
    const { failure } = failFor(response, operation, attempts);
    return { kind: "failed", failure: isAbsent(response, session) ? { ...failure, isAbsence: true } : failure };
  }
  const refuse = (code: FailureCode, received: string): Failed => failWith(code, operation, received, 200, attempts);
  const parsed = parseJson(response.body);
  if (parsed.kind === "malformed") {
    const isPage = essenceOf(headerOf(response, "content-type")) === "text/html";
    return isPage ? refuse("unexpected-content", "200 with text/html") : refuse("invalid-json", `200, but ${parsed.detail}`);
  }
  const document = isJsonObject(parsed.value) ? parsed.value : {};
  const { tags } = document;
  // `null` is how Go writes an empty list.
  if (tags !== null && !Array.isArray(tags)) return refuse("unexpected-content", "200, but no list of tags");
  session.noteShown(from);
  const entries: readonly unknown[] = tags ?? [];
  const { registry } = session;
  registry.profile = { ...registry.profile, ...profileOfHeaders((name) => headerOf(response, name)) };
  const isLongest = entries.length >= session.registry.longestPage;
  if (isLongest) session.registry.longestPage = entries.length;
  return {
    kind: "page",
    // Nexus has sent nulls, Artifactory digests; neither is a tag.
    tags: entries.filter(isTag),
    entries: entries.length,
    size: sizeAsked(from),
    isLongest,
    next: parseNextPage(headerOf(response, "link")),
    bulk: readManifestMap(document),
    at: continuationOf(session, question, at, reply),
    attempts,
  };
}

function sizeAsked({ searchParams }: URL): number | null {
  const size = searchParams.get("n") ?? "";
  return /^\d{1,9}$/.test(size) ? Number(size) : null;
}

function isAbsent(response: HttpResponse, session: Session): boolean {
  return response.status === 404 && response.body.length > 0 && readAbsence(response, session) !== null;
}
