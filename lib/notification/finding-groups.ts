import { CAUSES, type Cause } from "../history/cause.ts";
import type { Finding } from "../history/state.ts";
import type { Severity } from "../watchlist/watch-list.ts";

/** A FindingGroup contains the findings of one cause and severity in one repository. */
export interface FindingGroup {
  readonly cause: Cause;
  readonly severity: Severity;
  readonly repository: string;
  /** Known releases first, then new tags. */
  readonly findings: readonly Finding[];
  /** The number of findings about releases that an earlier run knew. */
  readonly known: number;
}

/** The severities of findings, worst first. */
export const SEVERITIES: readonly Severity[] = ["alert", "warning", "notice"];
const CAUSE_ORDER = Object.keys(CAUSES);

/** Groups findings for reading: by severity, groups with known releases before those of new tags only, then by cause and repository. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  return [...Map.groupBy(findings, (finding) => `${finding.severity} ${finding.cause} ${finding.repository}`).values()]
    .map(toGroup)
    .toSorted(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        Number(a.known === 0) - Number(b.known === 0) ||
        CAUSE_ORDER.indexOf(a.cause) - CAUSE_ORDER.indexOf(b.cause) ||
        compareText(a.repository, b.repository),
    );
}

function toGroup(findings: readonly Finding[]): FindingGroup {
  const { cause, severity, repository } = findings[0]!;
  const ordered = findings.toSorted((a, b) => Number(isNew(a)) - Number(isNew(b)) || compareText(a.tag ?? "", b.tag ?? "", true));
  return { cause, severity, repository, findings: ordered, known: ordered.filter((finding) => !isNew(finding)).length };
}

/** Reports whether no earlier run knew the release. A finding about a repository is never new in this sense. */
function isNew(finding: Finding): boolean {
  return finding.tag !== null && finding.before === null;
}

/** Orders by code point, or with digits as numbers (v1.10.0 after v1.9.0), whatever the locale of the machine. */
function compareText(a: string, b: string, numeric = false): number {
  const order = numeric ? a.localeCompare(b, "en", { numeric: true }) : 0;
  return order || (a < b ? -1 : a > b ? 1 : 0);
}
