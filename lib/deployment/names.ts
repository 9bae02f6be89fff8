/** Environment variables that tell the functions where things are. This file imports nothing: lib/stack sets what lambdas read. */
export const ENVIRONMENT = {
  table: "SEALWATCH_TABLE",
  bucket: "SEALWATCH_BUCKET",
  headsBucket: "SEALWATCH_HEADS_BUCKET",
  watchListBucket: "SEALWATCH_WATCHLIST_BUCKET",
  watchListKey: "SEALWATCH_WATCHLIST_KEY",
  topic: "SEALWATCH_TOPIC",
  signingKey: "SEALWATCH_SIGNING_KEY",
  secondLook: "SEALWATCH_SECOND_LOOK_SECONDS",
} as const;

/** Everything of one run, under one prefix of the bucket that a lifecycle rule empties. */
export const RUNS_PREFIX = "runs/";
/** The evidence for verdicts, each file under its digest. No rule removes it. */
export const EVIDENCE_PREFIX = "evidence/";
/** The signed heads of the history's chain, by position. No rule removes them. */
export const HEADS_PREFIX = "heads/";
/** The name of the object with the head of a position, without an extension: names sort by position. */
export function headKey(position: number): string {
  return `${HEADS_PREFIX}${String(position).padStart(10, "0")}`;
}

/** Scheduled reports, one folder for each month. No rule removes them. */
export const REPORTS_PREFIX = "reports/";

/** An alarm is raised if no channel took a message for so long. */
export const UNSENT_SECONDS = 3600;

/** The metrics that alarms and the dashboard watch. */
export const METRIC_NAMESPACE = "Sealwatch";
export const METRIC = {
  runsCompleted: "RunsCompleted",
  coverage: "Coverage",
  oldestUnsent: "OldestUnsentSeconds",
  confirmedSubscriptions: "ConfirmedSubscriptions",
  releases: "Releases",
  signed: "Signed",
  unsigned: "Unsigned",
  untrusted: "Untrusted",
  unknown: "Unknown",
  openAlerts: "OpenAlerts",
} as const;
