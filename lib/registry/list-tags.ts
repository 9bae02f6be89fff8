import { failed, type Failure, type FailureCode } from "./answer.ts";
import { addAttempts } from "./fail.ts";
import { TAG_PAGES_LIMIT, TAGS_LIMIT, TAGS_PAGE_SIZE } from "./limits.ts";
import type { TagList } from "./repository-client.ts";
import type { Session } from "./session.ts";
import { askForTags, type TagsPage } from "./tags-page.ts";

/** What follows from the page that was just read: another page, the end, or why the list is not complete. */
type Step =
  | { readonly kind: "next"; readonly query: string }
  | { readonly kind: "complete" }
  | { readonly kind: "broken"; readonly code: FailureCode; readonly why: string };

/**
 * Lists all tags (distribution spec, "Listing Tags"). A list is complete if it ends without a Link and its last page has fewer or more
 * entries than asked for (some servers ignore `n`), or is followed by an empty page. A page of exactly the size asked for may also come
 * from a server that forgot its Link, so the server is asked once more. Registries order and page as they like; a list that repeats itself,
 * or passes a limit, is not complete.
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
    if (page.kind === "failed") return listing.end(listing.pages === 0 ? page.failure : { ...page.failure, code: "page-missing" });
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

class TagCollector {
  pages = 0;
  readonly #tags = new Set<string>();
  readonly #asked = new Set<string>();
  #last = "";
  /** The number of pages in a row without a new tag. One may be an overlap, if the list grows meanwhile. */
  #stale = 0;
  /** Whether the last page was asked for only to find out if the list goes on. */
  #isProbe = false;

  add(page: TagsPage, query: string): Step {
    this.pages++;
    this.#asked.add(query);
    const before = this.#tags.size;
    for (const tag of page.tags) this.#tags.add(tag);
    const isNew = this.#tags.size > before;
    this.#stale = isNew ? 0 : this.#stale + 1;
    this.#last = page.tags.at(-1) ?? this.#last;
    const wasProbe = this.#isProbe;
    this.#isProbe = false;
    if (this.#tags.size > TAGS_LIMIT) return { kind: "broken", code: "limit", why: `more than ${TAGS_LIMIT} tags` };
    if (page.next === "unusable") return { kind: "broken", code: "page-missing", why: "a next page that cannot be asked for" };
    if (page.next) return this.#stale > 1 ? LOOP : this.#follow(page.next.query);
    const asked = askedFor(query);
    if (page.entries === 0 || asked === null || page.entries !== asked)
      return wasProbe && !isNew && page.entries > 0 ? this.#doubt(page) : { kind: "complete" };
    if (wasProbe && !isNew) return this.#doubt(page);
    this.#isProbe = true;
    return this.#follow(`?n=${asked}&last=${encodeURIComponent(this.#last)}`);
  }

  end(failure: Failure | null): TagList {
    return { tags: this.#tags, complete: failure === null, failure, pages: this.pages, bulk: null };
  }

  /** A server that ignores `last` repeats its page. If it also ignores `n`, it has no pages, and that page is the complete list. */
  #doubt(page: TagsPage): Step {
    if (this.#tags.size !== page.tags.length || page.entries < 2) return LOOP;
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

/** Returns the page size that a query asks for, or null. */
function askedFor(query: string): number | null {
  const size = new URLSearchParams(query).get("n");
  return size !== null && /^\d{1,9}$/.test(size) ? Number(size) : null;
}
