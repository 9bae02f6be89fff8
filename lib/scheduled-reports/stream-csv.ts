import { listRepositories, loadObservations, loadRecordedFrame } from "../history/past/recorded-history.ts";
import type { HistoryStore } from "../history/store.ts";
import { composeSentence } from "../report/compose-sentence.ts";
import { countFindings } from "../report/describe-findings.ts";
import { describeReleases, traceRepository } from "../report/describe-repository.ts";
import { formatCsvHeader, formatCsvRows } from "../report/format-csv.ts";
import { frameReport } from "../report/frame-report.ts";
import { endOf, formatInstant, type ReportPeriod } from "../report/report-period.ts";
import { summarise, tallyReleases, type ReleaseTally } from "../report/summarise.ts";

/** A StreamedReport is written while the history is read. */
interface StreamedReport {
  readonly pieces: AsyncIterable<string>;
  /** Returns the first sentence of the report. It is final only after every piece was taken. */
  readonly sentence: () => string;
}

/** Streams the CSV of a period, with the same bytes as `formatCsv`, but in memory for the largest repository only. */
export async function streamCsv(store: HistoryStore, period: ReportPeriod): Promise<StreamedReport> {
  const recorded = await loadRecordedFrame(store);
  const { title, facts, stretch, nights, findings, acknowledgers } = frameReport(recorded, period);
  const until = formatInstant(endOf(period) - 1);
  const tallies: ReleaseTally[] = [];
  async function* write(): AsyncGenerator<string> {
    yield formatCsvHeader();
    for (const name of listRepositories(recorded)) {
      const traces = traceRepository(facts, name, await loadObservations(store, name, { until }), stretch);
      const releases = describeReleases(facts, name, traces, stretch, acknowledgers);
      tallies.push(tallyReleases(releases));
      yield* formatCsvRows(releases);
    }
  }
  return { pieces: write(), sentence: () => composeSentence(title, summarise(tallies, nights, countFindings(findings)), nights) };
}
