import type { RunId, Finding } from "../../history/state.ts";
import { formatFindingDocument } from "../../notification/finding-document.ts";
import type { RegistryTraffic } from "../../registry/repository-client.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import type { AuditDocument, ReleaseDocument, RunDocument } from "../audit-document.ts";
import { addCounts, NO_COUNTS } from "../compare/repository-summary.ts";
import type { Part, RunPlan } from "../part.ts";

interface DocumentFacts extends Pick<RunDocument, "previous" | "finishedAt"> {
  /** As they are after the second reading. */
  readonly parts: readonly Part[];
  readonly findings: readonly Finding[];
  readonly traffic: readonly RegistryTraffic[];
}

/** Builds the `audit --json` document of a run. The table, the exit code and later questions are answered from it. Pure. */
export function buildDocument(
  { run, startedAt, repositories, unlisted, gone }: RunPlan,
  { parts, findings, traffic, previous, finishedAt }: DocumentFacts,
): AuditDocument {
  const summary = parts.map((part) => part.summary.counts).reduce(addCounts, NO_COUNTS);
  const whole = new Set(parts.filter(isWhole).map(({ repository }) => repository));
  const complete = summary.unknown === 0 && unlisted.length === 0 && gone.length === 0 && repositories.every((name) => whole.has(name));
  return {
    run: { id: run, startedAt, finishedAt, previous, baseline: parts.every(({ baseline }) => baseline), complete },
    summary,
    repositories: parts.map(({ document }) => document),
    releases: parts.flatMap(({ releases }) => releases).toSorted(compareReleases),
    findings: findings.filter((finding) => isTold(finding, run)).map(formatFindingDocument),
    registries: sumTraffic(traffic),
  };
}

function isWhole({ done, coverage }: Part): boolean {
  return done && coverage.listed && coverage.expected === coverage.releases && coverage.emptied !== true;
}

function isTold(finding: Finding, run: RunId): boolean {
  return finding.status === "open" || finding.status === "acknowledged" || finding.resolvedAt === run;
}

function compareReleases(left: ReleaseDocument, right: ReleaseDocument): number {
  if (left.repository !== right.repository) return left.repository < right.repository ? -1 : 1;
  return compareTags(left.tag, right.tag);
}

/** Adds the traffic of all calls, by host. */
function sumTraffic(traffic: readonly RegistryTraffic[]): RegistryTraffic[] {
  const add = (left: RegistryTraffic, right: RegistryTraffic): RegistryTraffic => ({
    host: left.host,
    requests: left.requests + right.requests,
    bytes: left.bytes + right.bytes,
    retries: left.retries + right.retries,
    throttled: left.throttled + right.throttled,
    seconds: left.seconds + right.seconds,
  });
  return [...Map.groupBy(traffic, ({ host }) => host).values()].map((ofHost) => ofHost.reduce(add));
}
