import type { ReleaseDocument } from "./audit-document.ts";

export type FailOn = "unknown" | "unsigned" | "regression" | "never";

/** Usage, configuration and a failed self-check exit with 2, but they never come to a document. */
type AuditExitCode = 0 | 1 | 3;

/** The part of an audit's document that decides its exit code. */
export interface JudgedDocument {
  readonly run: { readonly complete: boolean };
  readonly summary: { readonly unknown: number };
  readonly releases: readonly Pick<ReleaseDocument, "verdict" | "exemption">[];
  readonly findings: readonly { readonly cause: string; readonly severity: string; readonly status: string }[];
}

/** Returns the exit code by the interface's table, row by row. `hasHistory`: there was an earlier run to compare with. */
export function exitCodeOf(document: JudgedDocument, failOn: FailOn, hasHistory: boolean): AuditExitCode {
  if (failOn === "never") return 0;
  const coverageLost = document.findings.some((finding) => finding.cause === "coverage-lost" && finding.status === "open");
  if (failOn === "regression" && hasHistory) {
    const alerts = document.findings.some(
      (finding) => finding.severity === "alert" && finding.cause !== "coverage-lost" && finding.status === "open",
    );
    return alerts ? 1 : coverageLost ? 3 : 0;
  }
  if (document.releases.some((release) => exitCodeOfRelease(release) === 1)) return 1;
  if (failOn !== "unknown") return coverageLost ? 3 : 0;
  // Where nothing is watched, nothing is known.
  const isBlind = document.findings.some((finding) => finding.cause === "nothing-watched" && finding.status === "open");
  return document.run.complete && document.summary.unknown === 0 && !isBlind ? 0 : 3;
}

/** Returns the exit code of `inspect` for its one release. */
export function exitCodeOfRelease(release: Pick<ReleaseDocument, "verdict" | "exemption">): AuditExitCode {
  if ((release.verdict === "unsigned" || release.verdict === "untrusted") && release.exemption === null) return 1;
  return release.verdict === "unknown" ? 3 : 0;
}
