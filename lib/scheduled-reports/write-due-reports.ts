import { WATCH_LIST_NAME, type RunId } from "../history/state.ts";
import type { RunRef } from "../history/run-record.ts";
import type { HistoryStore } from "../history/store.ts";
import { readRunsBackwards } from "../history/past/read-runs-backwards.ts";
import type { Channel, WatchList } from "../watchlist/watch-list.ts";
import type { ReportPort } from "./report-port.ts";

/** The most reports that one run writes: each takes seconds and memory. */
const DUE_MONTHS_LIMIT = 12;

/** The run that writes the reports. */
interface ReportingRun extends RunRef {
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
    const months = await findDueMonths(run, ports.store);
    if (months.length === 0) return [];
    if (!run.complete) return [`report of ${months.join(", ")}: waits for a run that sees everything; this one was not complete`];
    // The code of reports is large, and most nights do without it.
    const { writeMonths } = await import("./write-months.ts");
    return await writeMonths(months, watchList, channels, run, ports);
  } catch (error) {
    return [`scheduled report: ${error instanceof Error ? error.message : String(error)}; the next complete run tries again`];
  }
}

/** Returns the months that are due: none on most nights, at the price of one or two queries. */
async function findDueMonths({ id: run, number }: RunRef, store: HistoryStore): Promise<string[]> {
  const state = (await store.loadRepository(WATCH_LIST_NAME)).repository;
  // An older run never replaces what a newer one wrote.
  if ((state?.number ?? 0) > number) return [];
  const written = state?.reported ?? null;
  if (written !== null) return listDueMonths(run, { written, begun: written });
  const begun = await findBeginning(run, store);
  return begun === null ? [] : listDueMonths(run, { written, begun });
}

/** Returns the first run over the complete watch list that was closed in an earlier month than this run's, or null. */
async function findBeginning(run: RunId, store: HistoryStore): Promise<RunId | null> {
  let begun: RunId | null = null;
  const month = `${run.slice(0, "YYYY-MM".length)}-01T00:00:00Z`;
  for await (const { id, status, partial } of readRunsBackwards(store))
    if (status === "closed" && !partial && id < month && (begun === null || id < begun)) begun = id;
  return begun;
}

/**
 * Lists the months (`2026-10`, oldest first) whose scheduled report is due: those after `written`, the last month written, that are over.
 * Months beyond {@link DUE_MONTHS_LIMIT} wait for the next run. If none was written, the newest since `begun`, the month of the first run,
 * are due. A month without a run is due too: its report says that nobody looked. Pure.
 */
function listDueMonths(now: string, { written, begun }: { readonly written: string | null; readonly begun: string }): string[] {
  const [thisMonth, first] = [monthNumber(now), written === null ? monthNumber(begun) : monthNumber(written) + 1];
  const due = Array.from({ length: Math.max(0, thisMonth - first) }, (_, at) => formatMonth(first + at));
  return written === null ? due.slice(-DUE_MONTHS_LIMIT) : due.slice(0, DUE_MONTHS_LIMIT);
}

/** Counts months from year 0 to an ISO day or time. */
function monthNumber(text: string): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;
}

function formatMonth(number: number): string {
  return `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
}
