import type { Digest } from "../oci/digest.ts";
import type { RepositoryHistory, TagState } from "../history/state.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";
import type { Epoch } from "./epoch.ts";
import type { JudgedRelease } from "./judge-release.ts";
import type { ListedRelease, Listing } from "./list-releases.ts";

/** One release with all that tonight said of it. */
export interface ReleaseNightFacts {
  readonly release: ListedRelease;
  readonly epoch: Epoch;
  /** Null where the tag could not be resolved. */
  readonly judged: JudgedRelease | null;
  /** The recorded signature is listed nowhere any more. */
  readonly lostSignature: "deleted" | "detached" | null;
  readonly underPreviousEpoch: JudgedRelease["verdict"] | null;
}

/** Digests that the repository's tags name tonight. */
export function digestsTonight(listing: Listing): Map<string, Digest> {
  const tonight = new Map<string, Digest>();
  for (const { tag, resolution } of listing.releases) if (resolution.kind === "resolved") tonight.set(tag, resolution.digest);
  return tonight;
}

/** The run that first saw a digest under any tag of the repository, or null where none did before tonight. */
export function firstSeenRun(digest: Digest, tags: Iterable<Pick<TagState, "timeline">>): string | null {
  let first: string | null = null;
  for (const { timeline } of tags) {
    for (const entry of timeline) if (entry.digest === digest && (first === null || entry.since < first)) first = entry.since;
  }
  return first;
}

/** Every digest that a tag names or, by the record, named. */
export function knownDigests(history: RepositoryHistory, tonight: ReadonlyMap<string, Digest>): ReadonlySet<Digest> {
  const known = new Set<Digest>(tonight.values());
  for (const { timeline } of history.tags.values()) for (const { digest } of timeline) known.add(digest);
  return known;
}

/** The entries of the watch list for one repository, audited together: its tags are listed once. */
export interface WorkItem {
  readonly name: string;
  readonly entries: readonly [WatchedRepository, ...WatchedRepository[]];
}

/** One work item a repository, in the order of the watch list. */
export function planWork(repositories: readonly WatchedRepository[]): WorkItem[] {
  const items = new Map<string, [WatchedRepository, ...WatchedRepository[]]>();
  for (const watched of repositories) {
    const entries = items.get(watched.repository.name);
    if (entries === undefined) items.set(watched.repository.name, [watched]);
    else entries.push(watched);
  }
  return [...items].map(([name, entries]) => ({ name, entries }));
}
