import { countOf } from "../text/count-of.ts";
import { escapeText } from "../text/escape.ts";
import { fitSubject } from "./finding-subject.ts";
import { formatMinute } from "../text/format-time.ts";

/** The state in which the first complete audit found a repository. It is sent once, without a finding for any release. */
export interface BaselineSummary {
  readonly repository: string;
  readonly run: string;
  readonly releases: number;
  readonly signed: number;
  readonly unsigned: number;
  readonly untrusted: number;
  readonly unknown: number;
  readonly pending: number;
}

/** Returns the subject: `[BASELINE] ghcr.io/acme/app 41 releases: 40 signed, 1 unsigned`. */
export function renderBaselineSubject(summary: BaselineSummary): string {
  return fitSubject("[BASELINE]", { repository: summary.repository, tag: null }, renderCounts(summary));
}

/** Renders the summary and its meaning, subject first. */
export function renderBaseline(summary: BaselineSummary): string {
  return [
    renderBaselineSubject(summary),
    `Repository: ${escapeText(summary.repository)}`,
    "What happened: its tags were listed completely for the first time; each release is taken as it was found.",
    `Found: ${renderCounts(summary)}`,
    `Since: the audit of ${formatMinute(summary.run)} UTC`,
    "To do: nothing at once. What gets worse than this is told.",
    "You are told once.",
  ].join("\n");
}

/** Counts releases as `41 releases: 40 signed, 1 unsigned`. Verdicts without a release are left out. */
export function renderCounts(summary: BaselineSummary): string {
  const counts = (["signed", "unsigned", "untrusted", "unknown", "pending"] as const)
    .filter((verdict) => summary[verdict] > 0)
    .map((verdict) => `${summary[verdict]} ${verdict}`);
  return `${countOf(summary.releases, "release")}${counts.length === 0 ? "" : `: ${counts.join(", ")}`}`;
}
