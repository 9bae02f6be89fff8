import type { Coverage } from "../history/run-record.ts";
import type { ReleaseDocument, RepositoryDocument } from "./audit-document.ts";
import type { Run } from "./audit-ports.ts";
import type { ComparedRelease } from "./compare/compare-releases.ts";
import { hasLostAll } from "./compare/judge-coverage.ts";
import { lookedAfter } from "./list/turns.ts";
import type { RepositoryOutcome, RepositorySummary } from "./repository-outcome.ts";

/** Formats one release as `audit --json` shows it. */
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

/** Formats one repository as `audit --json` shows it. `releases` counts those that all parts of its audit judged. */
export function formatRepository({ item, listing, waiting }: RepositoryOutcome, releases: number): RepositoryDocument {
  return {
    repository: item.name,
    tags: listing.outcome === "failed" ? null : listing.list.tags.size + (listing.list.malformed ?? 0),
    releases,
    leftOut: waiting.length === 0 ? listing.leftOut : { ...listing.leftOut, "next-night": waiting.length },
    failure: listing.list.failure?.detail ?? null,
  };
}

/** Returns how much of a repository was seen. `summary` is that of all parts of its audit. */
export function coverageOf(outcome: RepositoryOutcome, summary: RepositorySummary, run: Run): Coverage {
  const { item, listing, waiting, finished } = outcome;
  const { counts } = summary;
  const listed = listing.outcome === "complete";
  const looked = lookedAfter(item.entries, run.lastCoverage(item.name), listed && finished, run);
  return {
    repository: item.name,
    listed,
    expected: counts.releases + waiting.length,
    releases: counts.releases,
    judged: counts.releases - counts.unknown,
    unknown: counts.unknown,
    ...(hasLostAll(outcome, summary, run) ? { emptied: true } : {}),
    ...(looked === undefined ? {} : { looked }),
  };
}
