/** Environment variables by which the deployment tells its functions where things are. Without imports: lib/stack sets what lambdas read. */
export const ENVIRONMENT = {
  table: "SEALWATCH_TABLE",
  bucket: "SEALWATCH_BUCKET",
  watchListBucket: "SEALWATCH_WATCHLIST_BUCKET",
  watchListKey: "SEALWATCH_WATCHLIST_KEY",
  topic: "SEALWATCH_TOPIC",
  signingKey: "SEALWATCH_SIGNING_KEY",
  secondLook: "SEALWATCH_SECOND_LOOK_SECONDS",
} as const;

/** Where things lie in the bucket: everything of one run under one prefix, which a lifecycle rule empties. */
export const RUNS_PREFIX = "runs/";
/** What verdicts rest on, each file under its own digest. No rule removes it. */
export const EVIDENCE_PREFIX = "evidence/";
/** Scheduled reports, a folder a month. No rule removes them. */
export const REPORTS_PREFIX = "reports/";

/** A message that nobody took for so long is an alarm. */
export const UNSENT_SECONDS = 3600;

/** Metrics of the namespace that alarms and dashboard look at. */
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
