import type { WatchList } from "../watchlist/watch-list.ts";
import type { ReleaseDocument } from "./audit-document.ts";
import type { AuditPorts, Run } from "./audit-ports.ts";
import { auditRepository } from "./audit-repository.ts";
import type { ComparedRelease } from "./compare/compare-releases.ts";
import { isRefused } from "./compare/judge-coverage.ts";
import { recordRepository } from "./compare/record-repository.ts";
import { addSummaries, summariseOutcome } from "./compare/repository-summary.ts";
import { countKnown } from "./conclude/storm.ts";
import type { ListedRelease } from "./list/resolve-releases.ts";
import { RELEASES_SHOWN, type AgainPart, type JudgedTag, type Part, type RunManner } from "./part.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { coverageOf, formatRelease, formatRepository } from "./format-release.ts";
import type { WorkItem } from "./release-night.ts";
import type { RepositoryOutcome } from "./repository-outcome.ts";
import { countOf } from "../text/count-of.ts";

/**
 * Audits one repository until it is done or `ports.signal` ends the audit. The releases judged by then are recorded, and the next part goes
 * on from there. The last part records the repository's own state. Repeating a part changes nothing.
 */
export async function auditPart(
  item: WorkItem,
  watchList: Pick<WatchList, "exemptions">,
  { run }: PreparedRun,
  manner: RunManner,
  ports: AuditPorts,
  earlier: Part | null,
): Promise<Part> {
  const done =
    earlier === null ? {} : { done: { tags: new Set(earlier.tags), summary: earlier.summary, resolved: new Map(earlier.resolved) } };
  const outcome = await auditRepository(item, watchList.exemptions, run, ports, done);
  const refused = isRefused(outcome);
  const warnings = outcome.finished ? await recordRepository(outcome, refused, run, ports) : [];
  const own = summariseOutcome(outcome);
  const summary = earlier === null ? own : addSummaries(earlier.summary, own);
  const notSigned = outcome.releases.filter(({ verdict }) => verdict.verdict !== "signed");
  const baselineRun = outcome.history.repository?.baselineRun ?? null;
  return {
    repository: item.name,
    tags: [...(earlier?.tags ?? []), ...outcome.releases.map(({ facts }) => facts.release.tag)],
    notSigned: [...(earlier?.notSigned ?? []), ...notSigned.map(judgedTag)],
    resolved: outcome.finished ? [] : outcome.listing.releases.flatMap(namedBy),
    done: outcome.finished,
    baseline: baselineRun === null || baselineRun === run.id,
    summary,
    document: formatRepository(outcome, summary.counts.releases),
    coverage: coverageOf(outcome, summary, run),
    releases: keepShown([...(earlier?.releases ?? []), ...formatShown(outcome.releases, run, manner)], manner),
    // As it was before the first part recorded anything.
    known: earlier?.known ?? [...countKnown([outcome], run.id)],
    refused,
    warnings: [...(earlier?.warnings ?? []), ...warnings, ...listShortfalls(outcome)],
  };
}

/** Audits only these releases again, each in full and by itself. */
export async function auditAgain(
  item: WorkItem,
  tags: readonly string[],
  watchList: Pick<WatchList, "exemptions">,
  { run }: PreparedRun,
  manner: RunManner,
  ports: AuditPorts,
): Promise<AgainPart> {
  const { releases, finished } = await auditRepository(item, watchList.exemptions, run, ports, { again: new Set(tags) });
  const verdicts = releases.map(judgedTag);
  const there = new Set(verdicts.map(([tag]) => tag));
  return {
    repository: item.name,
    verdicts,
    // If the time ended first, nobody knows of the others.
    gone: finished ? tags.filter((tag) => !there.has(tag)) : [],
    releases: keepShown(formatShown(releases, run, manner), manner),
  };
}

function namedBy({ tag, resolution, resting }: ListedRelease): Part["resolved"][number][] {
  return resolution.kind === "failed" || resting !== null ? [] : [[tag, { digest: resolution.digest, mediaType: resolution.mediaType }]];
}

function judgedTag({ facts, verdict, exempt }: ComparedRelease): JudgedTag {
  return [facts.release.tag, verdict.verdict, exempt];
}

function formatShown(releases: readonly ComparedRelease[], run: Run, { timeLimit }: RunManner): ReleaseDocument[] {
  return releases.filter(({ verdict }) => !timeLimit || verdict.verdict !== "signed").map((release) => formatRelease(release, run));
}

function keepShown(releases: ReleaseDocument[], { timeLimit }: RunManner): ReleaseDocument[] {
  return timeLimit ? releases.slice(0, RELEASES_SHOWN) : releases;
}

/** Describes, for people, the releases that this run did not reach and those that a later run has changed. */
function listShortfalls({ item, releases, waiting }: RepositoryOutcome): string[] {
  const unreached = releases.filter(({ verdict }) => verdict.reason === "budget").length;
  const warnings: string[] = [];
  const later = releases.flatMap(({ laterRun }) => laterRun ?? []).toSorted();
  if (later.length > 0)
    warnings.push(
      `${item.name}: ${later.length} of its releases changed against the run of ${later.at(-1)}, which was opened after this one and tells them`,
    );
  if (unreached > 0)
    warnings.push(
      `${item.name}: the budget of this run did not reach ${unreached} of its known releases; they are unknown, and come first the next time`,
    );
  if (waiting.length > 0)
    warnings.push(
      `${item.name}: ${countOf(waiting.length, "new tag")} ${waiting.length === 1 ? "is" : "are"} more than this run takes in; ${waiting.length === 1 ? "it waits" : "they wait"} for the next`,
    );
  return warnings;
}
