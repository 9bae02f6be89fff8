import type { RepositoryHistory } from "../history/state.ts";
import type { TagSelection } from "../watchlist/watch-list.ts";
import type { WorkItem } from "../audit/release-night.ts";

/** A repository of which another watch list would look at more than any audit has. */
export interface Unseen {
  readonly repository: string;
  /** For people, one sentence without a stop. */
  readonly detail: string;
}

/** Returns what was never recorded of a repository. `before` is its present entry, or null. */
export function findUnseen(before: WorkItem | null, after: WorkItem, history: RepositoryHistory): Unseen[] {
  const { name: repository } = after;
  if (history.tags.size === 0 && (history.repository?.baselineRun ?? null) === null)
    return [{ repository, detail: "no audit has looked at this repository yet" }];
  if (before !== null && after.entries.every(({ tags }) => before.entries.some((entry) => selectsNoMore(tags, entry.tags)))) return [];
  return [{ repository, detail: "its tags are selected in another way; those that were left out until now are not recorded" }];
}

/** Reports whether the new selection is the old one, or leaves out more. */
function selectsNoMore(after: TagSelection, before: TagSelection): boolean {
  const { exclude, newest, ...others } = after;
  const { exclude: excludedBefore, newest: newestBefore, ...othersBefore } = before;
  const noMoreOfNewest = newestBefore === null || (newest !== null && newest <= newestBefore);
  return (
    noMoreOfNewest && JSON.stringify(others) === JSON.stringify(othersBefore) && excludedBefore.every((glob) => exclude.includes(glob))
  );
}
