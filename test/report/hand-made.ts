import type { RecordedHistory } from "../../lib/history/past/recorded-history.ts";
import type { Observation } from "../../lib/history/state.ts";
import type { RunRecord } from "../../lib/history/run-record.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import { observation, REPOSITORY } from "../history/examples.ts";

/** The run of a night of October 2026, whole and closed, over one repository. */
export function octoberRun(day: number, more: Partial<RunRecord> = {}): RunRecord {
  const id = octoberNight(day);
  const coverage = [{ repository: REPOSITORY, listed: true, expected: 1, releases: 1, judged: 1, unknown: 0 }];
  const closed = {
    status: "closed",
    finishedAt: id.replace(":00:00Z", ":09:00.000Z"),
    complete: true,
    partial: false,
    exitCode: 0,
  } as const;
  return { id, number: day, startedAt: id, coverage, watchList: null, link: null, ...closed, ...more };
}

/** `2026-10-03T02:00:00Z` */
export function octoberNight(day: number, hour = 2): string {
  return `2026-10-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00Z`;
}

/** Facts of one repository, and nothing else. */
export function factsOf(
  runs: readonly RunRecord[],
  observations: readonly Partial<Observation>[],
  more: Partial<RecordedHistory> = {},
): RecordedHistory {
  return {
    runs,
    observations: new Map([[REPOSITORY, observations.map((one) => observation(one))]]),
    findings: [],
    tellings: [],
    watchLists: new Map(),
    ...more,
  };
}

/** The report on October 2026, made three weeks later. */
export function octoberReport(facts: RecordedHistory, asOf = "2026-11-20"): ReportModel {
  return buildReport(facts, readPeriod({ month: "2026-10", asOf }, Date.parse("2026-11-21T12:00:00Z")));
}
