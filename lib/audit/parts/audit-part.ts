import type { WatchList } from "../../watchlist/watch-list.ts";
import { AUDIT_LIMITS } from "../audit-limits.ts";
import type { ReleaseDocument } from "../audit-document.ts";
import type { AuditPorts, Run } from "../audit-ports.ts";
import { auditRepository } from "../audit-repository.ts";
import { coverageOf, formatRelease, formatRepository } from "../build-document.ts";
import type { ComparedRelease } from "../compare/compare-releases.ts";
import { prepareRun } from "../prepare-run.ts";
import { isRefused, recordRepository, rememberReferrersApi } from "../compare/record-repository.ts";
import { addSummaries, summariseOutcome } from "../compare/repository-summary.ts";
import type { WorkItem } from "../release-night.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import { listWarnings } from "../run-warnings.ts";
import { countKnown } from "../conclude/storm.ts";
import { RELEASES_SHOWN, type AgainPart, type Part, type TagVerdict } from "./part.ts";

/** For which run a part is audited, and when it is. */
interface PartRequest {
  readonly run: string;
  /** Epoch milliseconds: the time that the run is for. */
  readonly now: number;
  /** Reads the time, epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Audits one repository until it is done or `ports.signal` ends it; what was judged by then is recorded, and the next part goes on from
 * there. The repository's own state is recorded by the last part. A part that is repeated repeats work and changes nothing.
 */
export async function auditPart(
  item: WorkItem,
  watchList: WatchList,
  request: PartRequest,
  ports: AuditPorts,
  earlier: Part | null,
): Promise<Part> {
  const startedAt = request.clock();
  const limits = remaining(ports.limits ?? AUDIT_LIMITS, earlier);
  const { run, opened } = await prepareRun({ id: request.run }, request.now, { ...ports, limits });
  const done =
    earlier === null ? {} : { done: { tags: new Set(earlier.tags), summary: earlier.summary, resolved: new Map(earlier.resolved) } };
  const outcome = await auditRepository(item, watchList.exemptions, run, { ...ports, limits }, done);
  const refused = isRefused(outcome);
  const warnings = [...listWarnings([outcome], ports.clients.leftHosts())];
  if (outcome.finished) {
    warnings.push(...(await recordRepository(outcome, refused, run, ports)));
    for (const [name, repository] of opened) if ((await repository).referrersApi.learnedNow) await rememberReferrersApi(name, run, ports);
  }
  const own = summariseOutcome(outcome);
  const summary = earlier === null ? own : addSummaries(earlier.summary, own);
  const { releases, unknown } = { releases: summary.counts.releases, unknown: summary.counts.unknown };
  const coverage = {
    ...coverageOf([outcome], run)[0]!,
    releases,
    unknown,
    judged: releases - unknown,
    expected: releases + outcome.waiting,
  };
  const bad = formatNotSigned(outcome.releases, run);
  return {
    repository: item.name,
    tags: [...(earlier?.tags ?? []), ...outcome.releases.map(({ facts }) => facts.release.tag)],
    notSigned: [...(earlier?.notSigned ?? []), ...bad.map(({ tag, verdict }): TagVerdict => [tag, verdict])],
    resolved: outcome.finished ? [] : outcome.listing.releases.flatMap(namedBy),
    done: outcome.finished,
    summary,
    document: { ...formatRepository(outcome), releases },
    coverage,
    releases: [...(earlier?.releases ?? []), ...bad].slice(0, RELEASES_SHOWN),
    known: [...countKnown([outcome])],
    refused,
    traffic: [...(earlier?.traffic ?? []), ...ports.clients.traffic()],
    warnings: [...(earlier?.warnings ?? []), ...warnings],
    milliseconds: (earlier?.milliseconds ?? 0) + Math.max(0, request.clock() - startedAt),
  };
}

function namedBy({ tag, resolution, resting }: ListedRelease): Part["resolved"][number][] {
  return resolution.kind === "failed" || resting !== null ? [] : [[tag, { digest: resolution.digest, mediaType: resolution.mediaType }]];
}

/** Audits just these releases again, each in full and by itself, with nothing remembered of what the registry said before. */
export async function auditAgain(
  item: WorkItem,
  watchList: WatchList,
  request: PartRequest,
  ports: AuditPorts,
  tags: readonly string[],
): Promise<AgainPart> {
  const { run } = await prepareRun({ id: request.run }, request.now, ports);
  const { releases } = await auditRepository(item, watchList.exemptions, run, ports, { again: new Set(tags) });
  return {
    repository: item.name,
    verdicts: releases.map(({ facts, verdict }): TagVerdict => [facts.release.tag, verdict.verdict]),
    releases: formatNotSigned(releases, run).slice(0, RELEASES_SHOWN),
    traffic: ports.clients.traffic(),
  };
}

function formatNotSigned(releases: readonly ComparedRelease[], run: Run): ReleaseDocument[] {
  return releases.filter(({ verdict }) => verdict.verdict !== "signed").map((release) => formatRelease(release, run));
}

/** The budget of a repository is for all of its parts, however long nobody worked at it in between. */
function remaining(limits: typeof AUDIT_LIMITS, earlier: Part | null): typeof AUDIT_LIMITS {
  const asked = (earlier?.traffic ?? []).reduce((sum, { requests }) => sum + requests, 0);
  const { requests, milliseconds } = limits.budget;
  return {
    ...limits,
    budget: { requests: Math.max(0, requests - asked), milliseconds: Math.max(0, milliseconds - (earlier?.milliseconds ?? 0)) },
  };
}
