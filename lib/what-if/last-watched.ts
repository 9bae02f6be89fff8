import { findText } from "../history/past/find-evidence.ts";
import type { RunRecord } from "../history/run-record.ts";
import type { HistoryReader } from "../history/store.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import { parseWatchListDocument, type WatchListDocument } from "../watchlist/record/watch-list-document.ts";

/** Runs of single repositories that may follow the last one over everything. */
const RUNS_READ = 20;

/** What the audits that count as the last ones looked at. */
export interface LastWatched {
  /** The run closed last by its time, or null. */
  readonly run: RunRecord | null;
  /**
   * Of the recorded tags of a repository those that they looked at: of the others what is recorded may be over since long. Null where that
   * cannot be told, since a watch list that they recorded cannot be read any more.
   */
  select(repository: string, tags: readonly string[]): ReadonlySet<string> | null;
}

/**
 * Reads what the last run over the whole watch list looked at, and the runs of single repositories after it, by the watch lists that they
 * recorded. Where none is closed, nothing is known to be over.
 */
export async function findLastWatched(store: HistoryReader): Promise<LastWatched> {
  const closed = (await store.runs({ limit: RUNS_READ })).filter(({ status }) => status === "closed");
  const whole = closed.findIndex(({ partial }) => !partial);
  const looks: { run: RunRecord; document: WatchListDocument | null }[] = [];
  for (const run of whole === -1 ? [] : closed.slice(0, whole + 1)) {
    const text = run.watchList === null ? null : await findText(store, run.watchList);
    looks.push({ run, document: text === null ? null : parseWatchListDocument(text) });
  }
  return {
    run: closed[0] ?? null,
    select: (repository, tags) => {
      if (looks.length === 0) return new Set(tags);
      const own = looks.filter(({ run }) => run.coverage.some((seen) => seen.repository === repository));
      if (own.some(({ run, document }) => run.watchList !== null && document === null)) return null;
      return new Set(own.flatMap(({ document }) => selectBy(document, repository, tags)));
    },
  };
}

function selectBy(document: WatchListDocument | null, repository: string, tags: readonly string[]): readonly string[] {
  if (document === null) return tags;
  const entries = document.repositories.filter((entry) => entry.repository === repository);
  return entries.flatMap((entry) => selectReleases(tags, entry).releases.map(({ tag }) => tag));
}
