import { parseWatchListDocument, type WatchListDocument } from "../../watchlist/record/watch-list-document.ts";
import type { Digest } from "../../oci/digest.ts";
import { createTextPool, shareObservation } from "../stored/share-texts.ts";
import type { Finding, Observation, RunId } from "../state.ts";
import type { RunRecord } from "../run-record.ts";
import type { HistoryStore, PastStore } from "../store.ts";
import { readRunsBackwards } from "./read-runs-backwards.ts";
import type { Telling } from "../findings/telling.ts";

/** What a report rests on, except for the observations: they are most of a history, and are read one repository at a time. */
export interface RecordedFrame {
  /** In the order of the times that they are for. */
  readonly runs: readonly RunRecord[];
  readonly findings: readonly Finding[];
  /** Oldest first. */
  readonly tellings: readonly Telling[];
  /** The watch lists that runs audited by. A watch list that is gone, or of another format, is left out. */
  readonly watchLists: ReadonlyMap<Digest, WatchListDocument>;
}

/** Everything that a report rests on, as it was recorded. Nothing of it is judged yet, and it may contain what was recorded later. */
export interface RecordedHistory extends RecordedFrame {
  /** By repository; those of one tag are in order, oldest first. */
  readonly observations: ReadonlyMap<string, readonly Observation[]>;
}

/** Loads a history: all runs, findings and watch lists, and what was observed up to and including a run. */
export async function loadRecordedHistory(store: HistoryStore, { until }: { readonly until: RunId }): Promise<RecordedHistory> {
  const frame = await loadRecordedFrame(store);
  const observations = new Map<string, readonly Observation[]>();
  for (const name of listRepositories(frame)) observations.set(name, await loadObservations(store, name, { until }));
  return { ...frame, observations };
}

/** Loads all runs, findings, tellings and watch lists of a history. */
export async function loadRecordedFrame(store: HistoryStore): Promise<RecordedFrame> {
  const runs = (await Array.fromAsync(readRunsBackwards(store))).toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const watchLists = new Map<Digest, WatchListDocument>();
  for (const digest of new Set(runs.flatMap(({ watchList }) => watchList ?? []))) {
    // The store refuses damaged bytes: a report without the exemptions of a run, or with others, would be false.
    const bytes = await store.loadEvidence(digest);
    const document = bytes === null ? null : parseWatchListDocument(new TextDecoder().decode(bytes));
    if (document !== null) watchLists.set(digest, document);
  }
  return { runs, findings: await store.findings({ live: false }), tellings: await store.tellings(), watchLists };
}

/** Returns every repository that a run looked at, by name. */
export function listRepositories({ runs }: Pick<RecordedFrame, "runs">): string[] {
  return [...new Set(runs.flatMap(({ coverage }) => coverage.map(({ repository }) => repository)))].toSorted();
}

/** Loads what was observed of a repository up to and including a run. It saves memory, because a repository may have a million releases. */
export async function loadObservations(store: PastStore, name: string, { until }: { readonly until: RunId }): Promise<Observation[]> {
  const share = createTextPool();
  const observations: Observation[] = [];
  for await (const observation of store.observations(name, { until })) observations.push(shareObservation(observation, share));
  return observations;
}
