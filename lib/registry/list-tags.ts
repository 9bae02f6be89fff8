import { failed, type Failure, type FailureCode } from "./answer.ts";
import { addAttempts } from "./fail.ts";
import { TAG_PAGES_LIMIT, TAGS_LIMIT, TAGS_PAGE_SIZE } from "./limits.ts";
import type { BulkList, TagList } from "./repository-client.ts";
import type { Session } from "./session.ts";
import { askForTags, type TagsPage } from "./tags-page.ts";

/** What follows from the page that was just read: another page, the end, or why the list is not complete. */
type Step =
  | { readonly kind: "next"; readonly query: string }
  | { readonly kind: "complete" }
  | { readonly kind: "broken"; readonly code: FailureCode; readonly why: string };

/**
 * Lists all tags (distribution spec, "Listing Tags"). A list is complete if it ends without a Link, and asking on after its last name brings
 * nothing new: some servers shorten pages in silence, and some send no links. A server is believed if it sent a link for an earlier page, or
 * a longer page in this run. If it repeats its page instead, it ignores `last`, and asking on proves nothing: {@link mayBeCut} says what
 * follows then. Registries order and page as they like; a list that repeats itself, or passes a limit, is not complete.
 */
export async function listTags(session: Session): Promise<TagList> {
  const listing = new TagCollector();
  let at: URL | null = null;
  for (let query = firstQuery(session); ;) {
    let page = await askForTags(session, query, at);
    if (listing.pages === 0 && page.kind === "failed" && page.failure.status === 400 && query !== "") {
      session.registry.isPageSizeRefused = true;
      query = "";
      page = addAttempts(await askForTags(session, query), page.failure.attempts);
    }
    if (page.kind === "failed") return listing.end(listing.endsWith(page.failure) ? null : listing.breakBy(page.failure));
    const step = listing.add(page, query);
    if (step.kind === "complete") return listing.end(null);
    const operation = `list the tags of ${session.repository.name}`;
    if (step.kind === "broken") return listing.end(failed(step.code, `${operation}: ${step.why}`, 200, page.attempts).failure);
    ({ query } = step);
    ({ at } = page);
  }
}

function firstQuery(session: Session): string {
  return session.registry.isPageSizeRefused ? "" : `?n=${TAGS_PAGE_SIZE}`;
}

/**
 * Why a page is asked for: to read on (`page`), to find out whether the list goes on without a link (`probe`), or whether the server heeds
 * the number of entries that it is asked for (`count`).
 */
type Purpose = "page" | "probe" | "count";

/** How servers that do not know how to go on after a name refuse to: ECR has tokens of its own there, zot 404. */
const CANNOT_GO_ON: ReadonlySet<number> = new Set([400, 404, 405, 422]);
/** Servers that shorten pages do so to a multiple of this: 50, 100, 500, 1,000. */
const USUAL_MAXIMUM = 50;

/** Collects the pages of a list of the specification, of tags or of repositories, and judges when it is complete. */
export class TagCollector {
  pages = 0;
  readonly #tags = new Set<string>();
  #malformed = 0;
  readonly #asked = new Set<string>();
  #last = "";
  /** That of the first page: a registry that tells more than tags does not page. */
  #bulk: BulkList | null = null;
  /** The number of pages in a row without a new tag. One may be an overlap, if the list grows meanwhile. */
  #stale = 0;
  #purpose: Purpose = "page";
  /** The page before a probe. */
  #before: TagsPage | null = null;
  #isLinked = false;

  add(page: TagsPage, query: string): Step {
    if (this.pages++ === 0) this.#bulk = page.bulk;
    this.#asked.add(query);
    const before = this.#tags.size;
    for (const tag of page.tags) this.#tags.add(tag);
    const isNew = this.#tags.size > before;
    this.#stale = isNew ? 0 : this.#stale + 1;
    this.#last = page.tags.at(-1) ?? this.#last;
    const purpose = this.#purpose;
    // What a probe delivers was delivered before.
    if (purpose === "page") this.#malformed += page.entries - page.tags.length;
    this.#purpose = "page";
    if (this.#tags.size > TAGS_LIMIT) return { kind: "broken", code: "limit", why: `more than ${TAGS_LIMIT} tags` };
    if (page.next === "unusable") return { kind: "broken", code: "page-missing", why: "a next page that cannot be asked for" };
    if (page.next) {
      this.#isLinked = true;
      return this.#stale > 1 ? LOOP : this.#follow(page.next.query);
    }
    if (purpose === "count") return page.entries === page.size ? CUT : { kind: "complete" };
    if (purpose === "probe" && !isNew) return page.entries > 0 && mayBeCut(this.#before!, page) ? this.#count(page) : { kind: "complete" };
    // Whoever tells all manifests at once has no pages.
    if (page.bulk !== null) return { kind: "complete" };
    const isTrusted = purpose === "page" && !isFull(page) && (this.#isLinked || !page.isLongest);
    if (page.entries === 0 || this.#last === "" || isTrusted) return { kind: "complete" };
    this.#purpose = "probe";
    this.#before = page;
    return this.#follow(`?${page.size === null ? "" : `n=${page.size}&`}last=${encodeURIComponent(this.#last)}`);
  }

  /** Reports whether the list was complete before a request that failed: it was only to show that nothing follows. */
  endsWith({ status }: Failure): boolean {
    return this.#purpose === "probe" && !isFull(this.#before!) && CANNOT_GO_ON.has(status ?? 0);
  }

  /** Returns why the list is not complete if a request for it failed. */
  breakBy(failure: Failure): Failure {
    return this.pages === 0 ? failure : { ...failure, code: "page-missing" };
  }

  end(failure: Failure | null): TagList {
    const malformed = this.#malformed === 0 ? {} : { malformed: this.#malformed };
    return { tags: this.#tags, ...malformed, complete: failure === null, failure, pages: this.pages, bulk: this.#bulk };
  }

  /** If the server also ignores the number that it is asked for, it has no pages, and what it repeats is the complete list. */
  #count(page: TagsPage): Step {
    if (this.#tags.size !== page.tags.length || page.entries < 2) return LOOP;
    this.#purpose = "count";
    return this.#follow(`?n=${page.entries - 1}`);
  }

  #follow(query: string): Step {
    if (this.#asked.has(query)) return LOOP;
    return this.pages >= TAG_PAGES_LIMIT
      ? { kind: "broken", code: "limit", why: `more than ${TAG_PAGES_LIMIT} pages` }
      : { kind: "next", query };
  }
}

const LOOP: Step = { kind: "broken", code: "page-missing", why: "its pages repeat themselves" };
const CUT: Step = {
  kind: "broken",
  code: "page-missing",
  why: "it may be cut, because the server sends no link and repeats its first page",
};

function isFull({ entries, size }: TagsPage): boolean {
  return entries === size;
}

/**
 * Reports whether a list may go on although a server that was asked to go on after `page` delivered only what was known. A page as long as
 * asked for may be cut, and so may one that is repeated whole and as long as the pages of servers that shorten them in silence.
 */
function mayBeCut(page: TagsPage, probe: TagsPage): boolean {
  return isFull(page) || (page.entries === probe.entries && page.entries % USUAL_MAXIMUM === 0);
}
