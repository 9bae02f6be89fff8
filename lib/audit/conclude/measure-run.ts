import type { Coverage } from "../../history/run-record.ts";
import type { OutboxEntry } from "../../history/state.ts";
import type { AuditDocument, SummaryDocument } from "../audit-document.ts";

/** What alarms and dashboards watch of a closed run. */
interface RunMeasures extends Pick<SummaryDocument, "releases" | "signed" | "unsigned" | "untrusted" | "unknown"> {
  /** The percentage of the expected releases that were judged. */
  readonly coverage: number;
  /** The age of the oldest message that no channel took, in seconds. */
  readonly oldestUnsent: number;
  readonly openAlerts: number;
}

/** Measures a closed run. `now`: epoch milliseconds. Pure. */
export function measureRun(
  { summary, findings }: Pick<AuditDocument, "summary" | "findings">,
  coverage: readonly Coverage[],
  unsent: readonly OutboxEntry[],
  now: number,
): RunMeasures {
  const expected = coverage.reduce((sum, seen) => sum + Math.max(seen.expected, seen.listed && seen.emptied !== true ? 0 : 1), 0);
  const judged = coverage.reduce((sum, seen) => sum + seen.judged, 0);
  const { releases, signed, unsigned, untrusted, unknown } = summary;
  return {
    coverage: expected === 0 ? 100 : (100 * judged) / expected,
    oldestUnsent: Math.max(0, ...unsent.map(({ run }) => (now - Date.parse(run)) / 1000)),
    releases,
    signed,
    unsigned,
    untrusted,
    unknown,
    openAlerts: findings.filter(({ severity, status }) => severity === "alert" && status === "open").length,
  };
}
