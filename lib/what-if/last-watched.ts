import { findText } from "../history/past/find-evidence.ts";
import type { RunRecord } from "../history/run-record.ts";
import type { HistoryReader } from "../history/store.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import { parseWatchListDocument, type WatchListDocument } from "../watchlist/record/watch-list-document.ts";

/** How many runs of single repositories may follow the last run over everything. */
const RUNS_READ = 20;

/** What the last audits looked at. */
export interface LastWatched {
  /** The last closed run by its time, or null. */
  readonly run: RunRecord | null;
  /** The names of the repositories that they looked at. */
  readonly repositories: readonly string[];
  /**
   * Returns which recorded tags of a repository the last audits looked at; what is recorded of the others may be over. Null if a watch list
   * that they recorded cannot be read any more.
   */
  select(repository: string, tags: readonly string[]): ReadonlySet<string> | null;
}

/**
 * Reads what the last run over all of the watch list looked at, and the runs of single repositories after it, by the watch lists that they
 * recorded. If no run was closed, every tag counts as looked at.
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
    repositories: [...new Set(looks.flatMap(({ run }) => run.coverage.map(({ repository }) => repository)))],
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
