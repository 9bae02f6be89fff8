import { deriveChangeId, inOrder } from "../history/change-id.ts";
import { concludeChange } from "../history/findings.ts";
import { loadRecordedFacts } from "../history/recorded-facts.ts";
import type { ReportFacts } from "../history/report-facts.ts";
import { WATCH_LIST_NAME, type Change, type ChangeFacts, type RunId } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import { buildReport } from "../report/build-report.ts";
import { listDueMonths } from "../report/due-months.ts";
import { readPeriod } from "../report/report-period.ts";
import type { Channel, ReportFormat, WatchList } from "../watchlist/watch-list.ts";
import { NEW_REPOSITORY } from "./new-repository.ts";
import { REPORT_FILES, renderReport } from "./render-report.ts";

const ATTEMPTS = 4;

/** Where scheduled reports are kept: each month has a place of its own. */
export interface ReportPort {
  /** Keeps a file of a month (`2026-10`): afterwards it is there whole, or as it was. Rejects with why it cannot be written. */
  save(month: string, file: string, text: string | Iterable<string>): Promise<void>;
  /** Where the files of a month are, for people. */
  addressOf(month: string): string;
}

/** The run that writes them. */
export interface ReportingRun {
  readonly id: RunId;
  /** Over the whole watch list, every list whole and nothing unknown. */
  readonly complete: boolean;
}

/**
 * Writes the scheduled reports that are due at a complete run over the whole watch list, as of the time that the run is for, and then
 * records that they are to be told: together with the mark that they are written, so that neither a crash nor a second start tells one
 * twice or loses one. Answers with what people must know: a report that cannot be written stays due, and stops nothing.
 */
export async function writeReports(
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
    return await writeMonths(months, watchList, channels, run.id, ports);
  } catch (error) {
    return [`scheduled report: ${messageOf(error)}; the next complete run tries again`];
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

const PAGE = 100;

/** The first run over the whole watch list that was closed in a month before this one's; null where there is none. */
async function findBeginning(run: RunId, store: HistoryStore): Promise<RunId | null> {
  let begun: RunId | null = null;
  for (let before = `${run.slice(0, "YYYY-MM".length)}-01T00:00:00Z`; ;) {
    const page = await store.runs({ limit: PAGE, before });
    begun = page.findLast(({ status, partial }) => status === "closed" && !partial)?.id ?? begun;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return begun;
    before = last.id;
  }
}

async function writeMonths(
  months: readonly string[],
  { reports }: Pick<WatchList, "reports">,
  channels: readonly Channel[],
  run: RunId,
  { store, reports: port }: { readonly store: HistoryStore; readonly reports: ReportPort },
): Promise<string[]> {
  const asked = new Set(reports.flatMap(({ formats }) => formats));
  const formats = (Object.keys(REPORT_FILES) as ReportFormat[]).filter((format) => asked.has(format));
  const notify = [...new Set(reports.map((report) => report.notify))];
  const facts = await loadRecordedFacts(store, { until: run });
  for (const month of months) {
    const model = buildReport(facts, readPeriod({ month, asOf: run }, Date.parse(run)));
    const files = formats.map((format) => REPORT_FILES[format]);
    for (const format of formats) {
      try {
        await port.save(month, REPORT_FILES[format], await renderReport(model, format));
      } catch (error) {
        return [`report of ${month}: ${messageOf(error)}; the next complete run tries again`];
      }
    }
    const report = { month, sentence: model.sentence, address: port.addressOf(month), files, notify };
    await recordReport(report, channels, run, store);
  }
  return [];
}

/** Marks the month as written and its telling as pending in one write, and concludes it; what breaks off there, the next run concludes. */
async function recordReport(report: ReportFacts, channels: readonly Channel[], run: RunId, store: HistoryStore): Promise<void> {
  const change = describeReport(report, run);
  for (let attempt = 1; ; attempt++) {
    const previous = (await store.loadRepository(WATCH_LIST_NAME)).repository ?? NEW_REPOSITORY;
    // Somebody else wrote it meanwhile, and tells it.
    if (previous.run > run || (previous.reported ?? "") >= report.month) return;
    try {
      const pending = [...previous.pending, ...inOrder([change], previous.version)];
      await store.record(WATCH_LIST_NAME, { repository: { ...previous, run, reported: report.month, pending }, tags: [] });
      break;
    } catch (error) {
      if (!(error instanceof SealwatchError) || error.code !== "history-conflict" || attempt >= ATTEMPTS) throw error;
    }
  }
  const pending = (await store.pendingChanges()).find(({ id }) => id === change.id);
  if (pending !== undefined) await store.conclude(concludeChange(pending, [], channels));
}

function describeReport(report: ReportFacts, run: RunId): Change {
  const nothing = { digest: null, verdict: null, reason: null, signers: [], run };
  const draft = { repository: WATCH_LIST_NAME, tag: null, kind: "report", cause: null, run, about: report.month, after: nothing } as const;
  const facts: ChangeFacts = {
    explanation: "a scheduled report was written",
    lookedIn: [],
    alsoServedAs: [],
    signedBefore: null,
    lastSeenBefore: null,
    check: null,
    owner: null,
    graceSeconds: 0,
    report,
  };
  return { id: deriveChangeId(draft), ...draft, severity: "notice", before: null, facts };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
