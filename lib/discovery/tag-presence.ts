import type { TagList } from "../registry/repository-client.ts";

/** What the tag list says about one tag. */
type Presence = "listed" | "not-listed" | "undecided";

/**
 * Looks a tag up in the list. A list shows presence, and absence only if it is complete. Even then it may be older than the tag, so
 * `not-listed` saves requests but is no proof for the first `unsigned` (architecture section 3).
 */
export function presenceOf(tag: string, list: TagList): Presence {
  if (list.tags.has(tag)) return "listed";
  return list.complete ? "not-listed" : "undecided";
}
