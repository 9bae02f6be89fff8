import { isLive } from "../history/findings/finding-life.ts";
import type { KnownFinding } from "./known-facts.ts";
import type { ReportFinding } from "./report-model.ts";
import { roundHours, type Stretch } from "./report-period.ts";

/** Returns the findings that were open at some time of the stretch, as they were known, newest opening first. */
export function describeFindings(findings: readonly KnownFinding[], stretch: Stretch): ReportFinding[] {
  return findings
    .flatMap((known) => describeFinding(known, stretch) ?? [])
    .toSorted((left, right) => compareText(right.openedAt, left.openedAt) || compareText(left.id, right.id));
}

function describeFinding({ finding, steps, tellings }: KnownFinding, stretch: Stretch): ReportFinding | null {
  const { id, cause, severity, tag, digest, facts, openedAt } = finding;
  const { status, resolvedAt, resolution } = steps.at(-1)!;
  const [opened, resolved] = [Date.parse(openedAt), resolvedAt === null ? Infinity : Date.parse(resolvedAt)];
  if (opened >= stretch.to || resolved < stretch.from) return null;
  const openings = tellings.filter(({ kind }) => kind === "opened");
  return {
    id,
    cause,
    severity,
    // A finding about a policy belongs to no repository, however many it concerns.
    repository: facts.policy === undefined ? finding.repository : null,
    tag,
    digest,
    explanation: facts.explanation,
    openedAt,
    told: openings[0] === undefined ? null : { at: openings[0].sentAt, channels: [...new Set(openings.map(({ channel }) => channel))] },
    reminders: tellings.filter(({ kind }) => kind === "reminder").length,
    acknowledgements: acknowledgementsOf(steps),
    status,
    resolvedAt,
    resolution,
    hours: roundHours(Math.max(0, Math.min(resolved, stretch.to) - Math.max(opened, stretch.from))),
  };
}

function acknowledgementsOf(steps: KnownFinding["steps"]): ReportFinding["acknowledgements"] {
  const all = steps.flatMap(({ acknowledgement }) => acknowledgement ?? []);
  return [...new Map(all.map((one) => [one.at, one])).values()];
}

/** Collects the owners of acknowledgements by release. The key is `repository\ntag`. */
export function collectAcknowledgers(findings: readonly ReportFinding[]): ReadonlyMap<string, readonly string[]> {
  const byRelease = new Map<string, string[]>();
  for (const { repository, tag, acknowledgements } of findings.toReversed()) {
    if (tag === null || acknowledgements.length === 0) continue;
    const key = `${repository}\n${tag}`;
    byRelease.set(key, [...new Set([...(byRelease.get(key) ?? []), ...acknowledgements.map(({ owner }) => owner)])]);
  }
  return byRelease;
}

/** Counts all findings, those still open or acknowledged at the end, and those ever acknowledged. */
export function countFindings(findings: readonly ReportFinding[]): { total: number; live: number; acknowledged: number } {
  return {
    total: findings.length,
    live: findings.filter(isLive).length,
    acknowledged: findings.filter(({ acknowledgements }) => acknowledgements.length > 0).length,
  };
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
