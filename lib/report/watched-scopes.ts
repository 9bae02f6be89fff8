import { selectReleases } from "../watchlist/select/select-releases.ts";
import { watchListOf, type KnownFacts, type KnownRun } from "./known-facts.ts";

/** A WatchedScope says which tags of a repository were watched from a run until the next scope. */
export interface WatchedScope {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly run: string;
  readonly has: (tag: string) => boolean;
}

/**
 * Traces which tags of a repository were watched when, oldest first. A run watches what its watch list selects, or everything if that list
 * was not kept; a run over the complete watch list that does not name the repository ends it. Before the first scope, all was watched.
 */
export function traceScopes(facts: KnownFacts, repository: string, tags: ReadonlySet<string>): WatchedScope[] {
  const scopes: WatchedScope[] = [];
  const selections = new Map<string, ReadonlySet<string>>();
  let last: string | null = "";
  const select = (run: KnownRun): ReadonlySet<string> => {
    const entries = watchListOf(facts, run)?.repositories.filter((entry) => entry.repository === repository) ?? [];
    if (entries.length === 0) return tags;
    return new Set(entries.flatMap((entry) => selectReleases(tags, entry).releases.map(({ tag }) => tag)));
  };
  for (const run of facts.runs) {
    if (!run.over) continue;
    const isNamed = run.coverage.has(repository);
    if (!isNamed && run.partial) continue;
    const key = isNamed ? (run.watchList ?? "") : null;
    if (key === last && scopes.length > 0) continue;
    last = key;
    let watched: ReadonlySet<string> = new Set();
    if (key !== null) {
      watched = selections.get(key) ?? select(run);
      selections.set(key, watched);
    }
    scopes.push({ at: run.at, run: run.id, has: (tag) => watched.has(tag) });
  }
  return scopes;
}
