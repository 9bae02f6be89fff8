import type { RecordedFrame } from "../history/past/recorded-history.ts";
import { collectAcknowledgers, describeFindings } from "./describe-findings.ts";
import { formatPeriodTitle } from "./format-days.ts";
import { cutFacts, type KnownFacts } from "./known-facts.ts";
import { listNights, type PeriodNight } from "./period-nights.ts";
import type { ReportFinding } from "./report-model.ts";
import { endOf, startOf, type ReportPeriod, type Stretch } from "./report-period.ts";

/** A ReportFrame is a report without its releases, and what each repository is described by. */
interface ReportFrame {
  readonly title: string;
  readonly facts: KnownFacts;
  readonly stretch: Stretch;
  readonly nights: readonly PeriodNight[];
  readonly findings: readonly ReportFinding[];
  /** Owners of acknowledgements by `repository\ntag`. */
  readonly acknowledgers: ReadonlyMap<string, readonly string[]>;
}

/** Builds the frame of a report. Only facts that were known at `period.asOf` count. Pure. */
export function frameReport(recorded: RecordedFrame, period: ReportPeriod): ReportFrame {
  const facts = cutFacts(recorded, period.asOf);
  const stretch: Stretch = { from: startOf(period.from), to: endOf(period) };
  const findings = describeFindings(facts.findings, stretch);
  return {
    title: formatPeriodTitle(period),
    facts,
    stretch,
    nights: listNights(facts, period),
    findings,
    acknowledgers: collectAcknowledgers(findings),
  };
}
