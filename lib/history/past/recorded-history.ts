import { parseWatchListDocument, type WatchListDocument } from "../../watchlist/record/watch-list-document.ts";
import type { Digest } from "../../oci/digest.ts";
import { createTextPool, shareObservation } from "../stored/share-texts.ts";
import type { Finding, Observation, RunId } from "../state.ts";
import type { RunRecord } from "../run-record.ts";
import type { HistoryStore, PastStore } from "../store.ts";
import { readRunsBackwards } from "./read-runs-backwards.ts";
import type { Telling } from "../findings/telling.ts";

/** What a report rests on beside what was observed of releases, which is most of a history and is read a repository at a time. */
export interface RecordedFrame {
  /** Oldest first. */
  readonly runs: readonly RunRecord[];
  readonly findings: readonly Finding[];
  /** Oldest first. */
  readonly tellings: readonly Telling[];
  /** The watch lists that runs audited by; one that is not as it was kept, or is of another format, is not there. */
  readonly watchLists: ReadonlyMap<Digest, WatchListDocument>;
}

/** Everything that a report rests on, as it was recorded. Nothing of it is judged yet, and what was recorded later may be among it. */
export interface RecordedHistory extends RecordedFrame {
  /** By repository, those of a tag oldest first. */
  readonly observations: ReadonlyMap<string, readonly Observation[]>;
}

/** Reads a history: all runs, findings and watch lists, and what was observed up to a run, inclusive. */
export async function loadRecordedHistory(store: HistoryStore, { until }: { readonly until: RunId }): Promise<RecordedHistory> {
  const frame = await loadRecordedFrame(store);
  const observations = new Map<string, readonly Observation[]>();
  for (const name of listRepositories(frame)) observations.set(name, await loadObservations(store, name, { until }));
  return { ...frame, observations };
}

/** Reads all runs, findings and watch lists of a history. */
export async function loadRecordedFrame(store: HistoryStore): Promise<RecordedFrame> {
  const runs = (await Array.fromAsync(readRunsBackwards(store))).toReversed();
  const watchLists = new Map<Digest, WatchListDocument>();
  for (const digest of new Set(runs.flatMap(({ watchList }) => watchList ?? []))) {
    // One whose bytes are others is refused by the store: a report without the exemptions of a run, or with others, would be false.
    const bytes = await store.loadEvidence(digest);
    const document = bytes === null ? null : parseWatchListDocument(new TextDecoder().decode(bytes));
    if (document !== null) watchLists.set(digest, document);
  }
  return { runs, findings: await store.findings({ live: false }), tellings: await store.tellings(), watchLists };
}

/** Every repository that a run looked at, by name. */
export function listRepositories({ runs }: Pick<RecordedFrame, "runs">): string[] {
  return [...new Set(runs.flatMap(({ coverage }) => coverage.map(({ repository }) => repository)))].toSorted();
}

/** What was observed of a repository up to a run, inclusive, in little memory: a repository may have a million releases. */
export async function loadObservations(store: PastStore, name: string, { until }: { readonly until: RunId }): Promise<Observation[]> {
  const share = createTextPool();
  const observations: Observation[] = [];
  for await (const observation of store.observations(name, { until })) observations.push(shareObservation(observation, share));
  return observations;
}
