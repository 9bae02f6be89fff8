import type { TagList } from "../registry/repository-client.ts";

/** What the tag list says of one tag. */
type Presence = "listed" | "not-listed" | "undecided";

/**
 * A tag list tells presence, and absence only where it is complete; even then it may be older than the tag that is
 * asked for, so `not-listed` saves requests but proves nothing about the first `unsigned` (architecture section 3).
 */
export function presenceOf(tag: string, list: TagList): Presence {
  if (list.tags.has(tag)) return "listed";
  return list.complete ? "not-listed" : "undecided";
}
