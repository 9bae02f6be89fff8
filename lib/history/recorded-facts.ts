import { parseWatchListDocument, type WatchListDocument } from "../watchlist/watch-list-document.ts";
import type { Digest } from "../oci/digest.ts";
import { findText } from "./find-evidence.ts";
import type { Finding, Observation, RunId, RunRecord } from "./state.ts";
import type { HistoryStore } from "./store.ts";
import type { Telling } from "./telling.ts";

/** Everything that a report rests on, as it was recorded. Nothing of it is judged yet, and what was recorded later may be among it. */
export interface RecordedFacts {
  /** Oldest first. */
  readonly runs: readonly RunRecord[];
  /** By repository, those of a tag oldest first. */
  readonly observations: ReadonlyMap<string, readonly Observation[]>;
  readonly findings: readonly Finding[];
  /** Oldest first. */
  readonly tellings: readonly Telling[];
  /** The watch lists that runs audited by; one that is not as it was kept, or is of another format, is not there. */
  readonly watchLists: ReadonlyMap<Digest, WatchListDocument>;
}

const PAGE = 100;

/** Reads a history: all runs, findings and watch lists, and what was observed up to a run, inclusive. */
export async function loadRecordedFacts(store: HistoryStore, { until }: { readonly until: RunId }): Promise<RecordedFacts> {
  const runs = await loadRuns(store);
  const names = new Set(runs.flatMap(({ coverage }) => coverage.map(({ repository }) => repository)));
  const observations = new Map<string, Observation[]>();
  for (const name of [...names].toSorted()) observations.set(name, await Array.fromAsync(store.observations(name, { until })));
  const watchLists = new Map<Digest, WatchListDocument>();
  for (const digest of new Set(runs.flatMap(({ watchList }) => watchList ?? []))) {
    const text = await findText(store, digest);
    const document = text === null ? null : parseWatchListDocument(text);
    if (document !== null) watchLists.set(digest, document);
  }
  return { runs, observations, findings: await store.findings({ live: false }), tellings: await store.tellings(), watchLists };
}

async function loadRuns(store: HistoryStore): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  for (;;) {
    const before = runs.at(-1)?.id;
    const page = await store.runs({ limit: PAGE, ...(before !== undefined && { before }) });
    runs.push(...page);
    if (page.length < PAGE) return runs.toReversed();
  }
}
