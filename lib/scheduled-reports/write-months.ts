import { NO_FACTS } from "../history/no-facts.ts";
import { inOrder } from "../history/change-id.ts";
import { newChange } from "../history/new-change.ts";
import { concludeChange } from "../history/findings/findings.ts";
import { loadRecordedHistory } from "../history/past/recorded-history.ts";
import type { ReportFacts } from "../history/report-facts.ts";
import { WATCH_LIST_NAME, type Change, type ChangeFacts, type RunId } from "../history/state.ts";
import type { RunRef } from "../history/run-record.ts";
import type { HistoryStore } from "../history/store.ts";
import { buildReport } from "../report/build-report.ts";
import { readPeriod } from "../report/report-period.ts";
import type { Channel, ReportFormat, WatchList } from "../watchlist/watch-list.ts";
import { NEW_REPOSITORY } from "../history/new-repository.ts";
import { updateRepository } from "../history/update-repository.ts";
import { REPORT_FILES, renderReport } from "./render-report.ts";
import type { ReportPort } from "./report-port.ts";

/**
 * Writes the reports of these months (`2026-10`, oldest first) as of the time of the run, in every format of the watch list, and records
 * each as written and pending. Stops at the first report that cannot be written and returns the reason, for people.
 */
export async function writeMonths(
  months: readonly string[],
  { reports }: Pick<WatchList, "reports">,
  channels: readonly Channel[],
  run: RunRef,
  { store, reports: port }: { readonly store: HistoryStore; readonly reports: ReportPort },
): Promise<string[]> {
  const asked = new Set(reports.flatMap(({ formats }) => formats));
  const formats = (Object.keys(REPORT_FILES) as ReportFormat[]).filter((format) => asked.has(format));
  const notify = [...new Set(reports.map((report) => report.notify))];
  const facts = await loadRecordedHistory(store, { until: run.id });
  for (const month of months) {
    const model = buildReport(facts, readPeriod({ month, asOf: run.id }, Date.parse(run.id)));
    const files = formats.map((format) => REPORT_FILES[format]);
    for (const format of formats) {
      try {
        await port.save(month, REPORT_FILES[format], await renderReport(model, format));
      } catch (error) {
        return [`report of ${month}: ${error instanceof Error ? error.message : String(error)}; the next complete run tries again`];
      }
    }
    const report = { month, sentence: model.sentence, address: port.addressOf(month), files, notify };
    await recordReport(report, channels, run, store);
  }
  return [];
}

/** Marks the month as written and its change as pending in one write, then concludes it. After a crash, the next run concludes it. */
async function recordReport(report: ReportFacts, channels: readonly Channel[], run: RunRef, store: HistoryStore): Promise<void> {
  const change = describeReport(report, run.id);
  const recorded = await updateRepository(store, WATCH_LIST_NAME, run, ({ repository }) => {
    const previous = repository ?? NEW_REPOSITORY;
    if ((previous.reported ?? "") >= report.month) return null;
    const pending = [...previous.pending, ...inOrder([change], previous.version)];
    return { repository: { ...previous, run: run.id, reported: report.month, pending }, tags: [] };
  });
  // Another process wrote it meanwhile and announces it.
  if (recorded === null) return;
  const pending = (await store.pendingChanges()).find(({ id }) => id === change.id);
  if (pending !== undefined) await store.conclude({ ...concludeChange(pending, [], channels), run: run.id });
}

function describeReport(report: ReportFacts, run: RunId): Change {
  const facts: ChangeFacts = { explanation: "a scheduled report was written", ...NO_FACTS, report };
  return newChange({ repository: WATCH_LIST_NAME, kind: "report", cause: null, run, about: report.month, facts });
}
