import type { RepositoryState } from "../../history/state.ts";
import { countOf } from "../../text/count-of.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import { nextWaitingLine, readWaitingLine } from "../list/waiting-line.ts";
import type { RepositoryChange, RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";

/** As many as a sentence can bear. */
const WAITING_NAMED = 5;

/**
 * Decides what is told of a repository of which nothing is watched (architecture section 5, nothing-watched), and of one with more new tags
 * than a night takes in (releases-waiting). Each is told once, until there is a release, or no tag waits. `isLost`: what was watched is
 * gone, which is told already.
 */
export function compareWatched(
  { item, listing, waiting, finished }: Pick<RepositoryOutcome, "item" | "listing" | "waiting" | "finished">,
  { counts }: Pick<RepositorySummary, "counts">,
  previous: RepositoryState,
  { isLost, hasBaseline }: { readonly isLost: boolean; readonly hasBaseline: boolean },
): { readonly changes: RepositoryChange[]; readonly state: Pick<RepositoryState, "nothingWatched" | "waiting"> } {
  // Only a list that was read to its end says what is not in it.
  if (listing.outcome !== "complete" || !finished)
    return { changes: [], state: stateOf(previous.nothingWatched === true, previous.waiting) };
  const wasNothing = previous.nothingWatched === true;
  const isNothing = counts.releases === 0 && waiting.length === 0 && (wasNothing || !isLost);
  const line = hasBaseline ? nextWaitingLine(previous.waiting, waiting) : undefined;
  const [wasWaiting, isWaiting] = [previous.waiting !== undefined, line !== undefined];
  const { size } = listing.list.tags;
  const gone = readWaitingLine(previous.waiting).countGone(listing.list.tags);
  return {
    changes: [
      ...step("nothing-watched", wasNothing, isNothing, isNothing ? explainNothing(size, listing.leftOut) : "it has releases now"),
      ...step("releases-waiting", wasWaiting, isWaiting, isWaiting ? explainWaiting(waiting) : `no new tag of ${item.name} waits`),
      ...(gone > 0 ? [{ cause: "never-judged", kind: "opened", explanation: explainGone(gone) } as const] : []),
    ],
    state: stateOf(isNothing, line),
  };
}

function stateOf(isNothing: boolean, line: string | undefined): Pick<RepositoryState, "nothingWatched" | "waiting"> {
  return { ...(isNothing && { nothingWatched: true }), ...(line !== undefined && { waiting: line }) };
}

function step(cause: RepositoryChange["cause"], was: boolean, is: boolean, explanation: string): RepositoryChange[] {
  return was === is ? [] : [{ cause, kind: is ? "opened" : "recovered", explanation }];
}

/** Says why nothing is watched, for the finding and for `plan`. */
export function explainNothing(tags: number, leftOut: Readonly<Record<string, number>>): string {
  if (tags === 0) return "the registry lists no tag";
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${count} ${reason}`);
  return `the registry lists ${countOf(tags, "tag")}, and none is a release by the watch list${reasons.length === 0 ? "" : `: ${reasons.join(", ")}`}`;
}

function explainGone(gone: number): string {
  return `${countOf(gone, "new tag")} that waited for the next night ${gone === 1 ? "is" : "are"} gone from the registry; nobody judged what ${gone === 1 ? "it" : "they"} named`;
}

function explainWaiting(waiting: readonly string[]): string {
  const highest = waiting.toSorted((left, right) => compareTags(right, left)).slice(0, WAITING_NAMED);
  const more = waiting.length > highest.length ? `, and ${waiting.length - highest.length} more` : "";
  return `${countOf(waiting.length, "new tag")} ${waiting.length === 1 ? "is" : "are"} beyond what one night takes in: ${highest.join(", ")}${more}; those that wait longest come first the next night`;
}
