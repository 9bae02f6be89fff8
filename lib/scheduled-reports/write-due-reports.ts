import { WATCH_LIST_NAME, type RunId } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import { readRunsBackwards } from "../history/past/read-runs-backwards.ts";
import { listDueMonths } from "../report/due-months.ts";
import type { Channel, WatchList } from "../watchlist/watch-list.ts";
import type { ReportPort } from "./report-port.ts";

/** The run that writes the reports. */
interface ReportingRun {
  readonly id: RunId;
  /** Whether it covered the complete watch list, with every list complete and nothing unknown. */
  readonly complete: boolean;
}

/**
 * Writes the scheduled reports that are due at a complete run, as of the time that the run is for. Each is marked as written together with
 * its pending notification, so that neither a crash nor a second start loses or repeats one. Returns messages for people: a report that
 * cannot be written stays due and stops nothing.
 */
export async function writeDueReports(
  watchList: Pick<WatchList, "reports">,
  channels: readonly Channel[],
  run: ReportingRun,
  ports: { readonly store: HistoryStore; readonly reports: ReportPort },
): Promise<string[]> {
  if (watchList.reports.length === 0) return [];
  try {
    const months = await findDueMonths(run.id, ports.store);
    if (months.length === 0) return [];
    if (!run.complete) return [`report of ${months.join(", ")}: waits for a run that sees everything; this one was not complete`];
    // The code of reports is large, and most nights do without it.
    const { writeMonths } = await import("./write-months.ts");
    return await writeMonths(months, watchList, channels, run.id, ports);
  } catch (error) {
    return [`scheduled report: ${error instanceof Error ? error.message : String(error)}; the next complete run tries again`];
  }
}

/** Returns the months that are due: none on most nights, at the price of one or two queries. */
async function findDueMonths(run: RunId, store: HistoryStore): Promise<string[]> {
  const state = (await store.loadRepository(WATCH_LIST_NAME)).repository;
  // An older run never replaces what a newer one wrote.
  if (state !== null && state.run > run) return [];
  const written = state?.reported ?? null;
  if (written !== null) return listDueMonths(run, { written, begun: written });
  const begun = await findBeginning(run, store);
  return begun === null ? [] : listDueMonths(run, { written, begun });
}

/** Returns the first run over the complete watch list that was closed in an earlier month than this run's, or null. */
async function findBeginning(run: RunId, store: HistoryStore): Promise<RunId | null> {
  let begun: RunId | null = null;
  const month = `${run.slice(0, "YYYY-MM".length)}-01T00:00:00Z`;
  for await (const { id, status, partial } of readRunsBackwards(store, month)) if (status === "closed" && !partial) begun = id;
  return begun;
}
