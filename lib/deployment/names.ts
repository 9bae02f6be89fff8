/** Environment variables that tell the functions where things are. This file imports nothing: lib/stack sets what lambdas read. */
export const ENVIRONMENT = {
  table: "SEALWATCH_TABLE",
  bucket: "SEALWATCH_BUCKET",
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
