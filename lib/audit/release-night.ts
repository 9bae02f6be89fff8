import type { Digest } from "../oci/digest.ts";
import type { RepositoryHistory, RunId, TagState } from "../history/state.ts";
import type { PastVerdict } from "../history/compare/compare.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";
import type { Epoch } from "./judge/epoch.ts";
import type { Evidence } from "./judge/keep-evidence.ts";
import type { SettledRelease } from "./judge/settle-release.ts";
import type { Listing } from "./list/list-releases.ts";
import type { ListedRelease } from "./list/resolve-releases.ts";

/** One release with everything that was learned about it tonight. */
export interface ReleaseNightFacts {
  readonly release: ListedRelease;
  readonly epoch: Epoch;
  /** What `{tag}` stood for, the most likely first. */
  readonly names: readonly string[];
  /** Null if the tag could not be resolved. */
  readonly judged: SettledRelease | null;
  /** What became of the recorded signature if no place lists it any more. */
  readonly lostSignature: "deleted" | "detached" | null;
  readonly underPreviousEpoch: PastVerdict | null;
  /** Evidence for the verdict that is not kept yet. */
  readonly evidence: Evidence;
}

/** Returns the digests that the repository's tags name tonight. */
export function digestsTonight(listing: Listing): Map<string, Digest> {
  const tonight = new Map<string, Digest>();
  for (const { tag, resolution } of listing.releases) if (resolution.kind === "resolved") tonight.set(tag, resolution.digest);
  return tonight;
}

/** What was recorded of a repository, by digest. */
interface RecordedDigests {
  /** The run that first saw the digest under any tag. */
  readonly firstSeen: ReadonlyMap<Digest, RunId>;
  /** States of the tags whose last definitive verdict is of the digest. */
  readonly judged: ReadonlyMap<Digest, readonly TagState[]>;
}

const INDEXED = new WeakMap<RepositoryHistory, RecordedDigests>();

/** Indexes a history by digest, once: a repository may have 100,000 tags, and each of them asks. */
export function recordedDigests(history: RepositoryHistory): RecordedDigests {
  const known = INDEXED.get(history);
  if (known) return known;
  const firstSeen = new Map<Digest, RunId>();
  const judged = new Map<Digest, TagState[]>();
  for (const state of history.tags.values()) {
    for (const { digest, since } of state.timeline) {
      const first = firstSeen.get(digest);
      if (first === undefined || since < first) firstSeen.set(digest, since);
    }
    if (state.last === null) continue;
    const states = judged.get(state.last.digest);
    if (states === undefined) judged.set(state.last.digest, [state]);
    else states.push(state);
  }
  const recorded = { firstSeen, judged };
  INDEXED.set(history, recorded);
  return recorded;
}

/** Returns every digest that a tag names or is recorded to have named. */
export function knownDigests(history: RepositoryHistory, tonight: ReadonlyMap<string, Digest>): ReadonlySet<Digest> {
  const known = new Set<Digest>(tonight.values());
  for (const { timeline } of history.tags.values()) for (const { digest } of timeline) known.add(digest);
  return known;
}

/** The entries of the watch list for one repository. They are audited together, so its tags are listed once. */
export interface WorkItem {
  readonly name: string;
  readonly entries: readonly [WatchedRepository, ...WatchedRepository[]];
}

/** Returns one work item for each repository, in the order of the watch list. */
export function planWork(repositories: readonly WatchedRepository[]): WorkItem[] {
  const items = new Map<string, [WatchedRepository, ...WatchedRepository[]]>();
  for (const watched of repositories) {
    const entries = items.get(watched.repository.name);
    if (entries === undefined) items.set(watched.repository.name, [watched]);
    else entries.push(watched);
  }
  return [...items].map(([name, entries]) => ({ name, entries }));
}
