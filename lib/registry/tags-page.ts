import { isTag } from "../oci/reference.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { essenceOf } from "../oci/media-types.ts";
import type { Failed, FailureCode } from "./answer.ts";
import { codeOfStatus, failFor, failWith } from "./fail.ts";
import { headerOf, isJsonType } from "./transport/http-response.ts";
import { TAGS_PAGE_LIMIT_BYTES } from "./limits.ts";
import { parseNextPage } from "./next-page.ts";
import type { BulkList } from "./repository-client.ts";
import { readManifestMap } from "./manifest-map.ts";
import type { Session } from "./session.ts";
import { profileOfHeaders } from "./vendors/profiles.ts";

/** One page of a tag list. */
export interface TagsPage {
  readonly kind: "page";
  /** Well-formed tags only. */
  readonly tags: readonly string[];
  /** The number of entries as delivered, tags or not. */
  readonly entries: number;
  readonly next: ReturnType<typeof parseNextPage>;
  /** What the registry told beside the tags, if it did. */
  readonly bulk: BulkList | null;
  readonly attempts: number;
}

/** Asks for one page. `query` is empty or starts with `?`. A page is a positive answer: it proves that the repository is shown. */
export async function askForTags(session: Session, query: string): Promise<TagsPage | Failed> {
  const limitBytes = session.registry.profile.tagsPageLimitBytes ?? TAGS_PAGE_LIMIT_BYTES;
  const question = { method: "GET", path: `tags/list${query}`, accept: "application/json", limitBytes } as const;
  const reply = await session.ask(question);
  if (reply.kind === "failed") return reply;
  const { response, attempts } = reply;
  const operation = session.formatOperation(question);
  if (codeOfStatus(response.status) !== null) return failFor(response, operation, attempts);
  const refuse = (code: FailureCode, received: string): Failed => failWith(code, operation, received, 200, attempts);
  const type = essenceOf(headerOf(response, "content-type"));
  if (type !== "" && !isJsonType(type)) return refuse("unexpected-content", `200 with ${type}`);
  const parsed = parseJson(response.body);
  if (parsed.kind === "malformed") return refuse("invalid-json", `200, but ${parsed.detail}`);
  const document = isJsonObject(parsed.value) ? parsed.value : {};
  const { tags } = document;
  // `null` is how Go writes an empty list.
  if (tags !== null && !Array.isArray(tags)) return refuse("unexpected-content", "200, but no list of tags");
  session.noteShown();
  const entries: readonly unknown[] = tags ?? [];
  // Nexus has sent nulls, Artifactory digests; neither is a tag.
  const next = parseNextPage(headerOf(response, "link"));
  const { registry } = session;
  registry.profile = { ...registry.profile, ...profileOfHeaders((name) => headerOf(response, name)) };
  const bulk = readManifestMap(document);
  return { kind: "page", tags: entries.filter(isTag), entries: entries.length, next, bulk, attempts };
}
