import { formatFindingDocument } from "../notification/finding-document.ts";
import type { Finding } from "../history/state.ts";
import type { Coverage } from "../history/run-record.ts";
import type { RegistryTraffic } from "../registry/repository-client.ts";
import { compareTags } from "../watchlist/select/version-tag.ts";
import type { AuditDocument, ReleaseDocument, RepositoryDocument, RunDocument, SummaryDocument } from "./audit-document.ts";
import type { Run } from "./audit-ports.ts";
import type { RepositoryOutcome } from "./repository-outcome.ts";
import type { ComparedRelease } from "./compare/compare-releases.ts";
import { lookedAfter } from "./list/turns.ts";

interface DocumentParts {
  readonly run: Omit<RunDocument, "complete">;
  readonly outcomes: readonly RepositoryOutcome[];
  readonly findings: readonly Finding[];
  readonly traffic: readonly RegistryTraffic[];
}

/** The `audit --json` document of a run: everything that the table, the exit code and later questions are answered from. Pure. */
export function buildDocument(run: Run, parts: DocumentParts): AuditDocument {
  const releases = parts.outcomes.flatMap((outcome) => outcome.releases.map((release) => formatRelease(release, run)));
  releases.sort((left, right) => compareText(left.repository, right.repository) || compareTags(left.tag, right.tag));
  const listed = parts.outcomes.every((outcome) => outcome.listing.outcome === "complete");
  const waiting = parts.outcomes.some((outcome) => outcome.waiting > 0);
  const complete = listed && !waiting && releases.every((release) => release.verdict !== "unknown");
  return {
    run: { ...parts.run, complete },
    summary: summarise(releases),
    repositories: parts.outcomes.map(formatRepository),
    releases,
    findings: parts.findings.filter((finding) => isTold(finding, run)).map(formatFindingDocument),
    registries: [...parts.traffic],
  };
}

/** How much of each repository was seen. */
export function coverageOf(outcomes: readonly RepositoryOutcome[], run: Run): Coverage[] {
  return outcomes.map(({ item, listing, releases, waiting, finished }) => {
    const looked = lookedAfter(item.entries, run.lastCoverage(item.name), listing.outcome === "complete" && finished, run);
    const unknown = releases.filter((release) => release.verdict.verdict === "unknown").length;
    return {
      repository: item.name,
      listed: listing.outcome === "complete",
      expected: releases.length + waiting,
      releases: releases.length,
      judged: releases.length - unknown,
      unknown,
      ...(looked === undefined ? {} : { looked }),
    };
  });
}

function isTold(finding: Finding, run: Run): boolean {
  return finding.status === "open" || finding.status === "acknowledged" || finding.resolvedAt === run.id;
}

/** One release as `audit --json` shows it. */
export function formatRelease({ facts, verdict, digest, rule, state }: ComparedRelease, run: Run): ReleaseDocument {
  const { release, judged, epoch } = facts;
  return {
    repository: release.watched.repository.name,
    tag: release.tag,
    digest,
    mediaType: release.resolution.kind === "resolved" ? release.resolution.mediaType : null,
    verdict: verdict.verdict,
    reason: verdict.reason,
    explanation: verdict.explanation,
    since: state.shown.since,
    checkedAt: release.resting === null ? run.checkedAt : new Date(release.resting.checkedAt).toISOString(),
    exemption: rule?.document ?? null,
    epoch: epoch.id,
    signers: verdict.signers,
    places: (judged?.answers ?? []).map((answer) => ({ place: answer.place, answer: answer.kind, detail: answer.detail })),
  };
}

/** One repository as `audit --json` shows it. */
export function formatRepository({ item, listing, releases, waiting }: RepositoryOutcome): RepositoryDocument {
  return {
    repository: item.name,
    tags: listing.outcome === "failed" ? null : listing.list.tags.size,
    releases: releases.length,
    leftOut: waiting === 0 ? listing.leftOut : { ...listing.leftOut, "next-night": waiting },
    failure: listing.list.failure?.detail ?? null,
  };
}

function summarise(releases: readonly ReleaseDocument[]): SummaryDocument {
  const count = (verdict: ReleaseDocument["verdict"]): number => releases.filter((release) => release.verdict === verdict).length;
  return {
    releases: releases.length,
    signed: count("signed"),
    untrusted: count("untrusted"),
    unsigned: count("unsigned"),
    unknown: count("unknown"),
    pending: count("pending"),
    exempt: releases.filter((release) => release.exemption !== null).length,
  };
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
