import { WATCH_LIST_NAME, type RunId } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import { readRunsBackwards } from "../history/past/read-runs-backwards.ts";
import { listDueMonths } from "../report/due-months.ts";
import type { Channel, WatchList } from "../watchlist/watch-list.ts";
import type { ReportPort } from "./report-port.ts";

/** The run that writes them. */
interface ReportingRun {
  readonly id: RunId;
  /** Over the whole watch list, every list whole and nothing unknown. */
  readonly complete: boolean;
}

/**
 * Writes the scheduled reports that are due at a complete run over the whole watch list, as of the time that the run is for, and then
 * records that they are to be told: together with the mark that they are written, so that neither a crash nor a second start tells one
 * twice or loses one. Answers with what people must know: a report that cannot be written stays due, and stops nothing.
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
    // A report is made by much code, which other nights do without.
    const { writeMonths } = await import("./write-months.ts");
    return await writeMonths(months, watchList, channels, run.id, ports);
  } catch (error) {
    return [`scheduled report: ${error instanceof Error ? error.message : String(error)}; the next complete run tries again`];
  }
}

/** Empty, at the price of one or two questions, on all nights but the first of a month. */
async function findDueMonths(run: RunId, store: HistoryStore): Promise<string[]> {
  const state = (await store.loadRepository(WATCH_LIST_NAME)).repository;
  // An older run replaces nothing that a newer one wrote.
  if (state !== null && state.run > run) return [];
  const written = state?.reported ?? null;
  if (written !== null) return listDueMonths(run, { written, begun: written });
  const begun = await findBeginning(run, store);
  return begun === null ? [] : listDueMonths(run, { written, begun });
}

/** The first run over the whole watch list that was closed in a month before this one's; null where there is none. */
async function findBeginning(run: RunId, store: HistoryStore): Promise<RunId | null> {
  let begun: RunId | null = null;
  const month = `${run.slice(0, "YYYY-MM".length)}-01T00:00:00Z`;
  for await (const { id, status, partial } of readRunsBackwards(store, month)) if (status === "closed" && !partial) begun = id;
  return begun;
}
