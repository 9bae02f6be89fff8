import { compareCoverage, isEmptied, type CoverageComparison, type ListedNight } from "../../history/compare/coverage.ts";
import type { RepositoryHistory } from "../../history/state.ts";
import type { RecalledRun } from "../audit-ports.ts";
import type { RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";

/** Decides whether enough of the repository was seen, against the `history` that the run records its state into. Pure. */
export function judgeCoverage(
  outcome: RepositoryOutcome,
  summary: RepositorySummary,
  history: RepositoryHistory,
  refusedElsewhere: boolean,
  run: RecalledRun,
): CoverageComparison {
  const refused = isRefused(outcome);
  return compareCoverage({
    ...listedNight(outcome, summary, run),
    unknownForSeconds: outcome.item.entries[0].unknownForSeconds,
    previous: history.repository,
    lastListed: run.lastListed(outcome.item.name),
    refused: refused ? (refusedElsewhere ? "told-elsewhere" : "told-here") : null,
    // A release beside others that could be judged is told by its name.
    unanswered: summary.counts.releases > 1 && summary.counts.unknown === summary.counts.releases ? summary.unanswered : [],
  });
}

/** Reports whether the registry refused the credentials for the listing itself. */
export function isRefused(outcome: RepositoryOutcome): boolean {
  const code = outcome.listing.list.failure?.code;
  return outcome.listing.outcome === "failed" && (code === "unauthorized" || code === "forbidden");
}

/** Reports whether the list answers and none of the known releases is there: such a night saw nothing of the repository. */
export function hasLostAll(outcome: RepositoryOutcome, summary: RepositorySummary, run: Pick<RecalledRun, "id">): boolean {
  return isEmptied(listedNight(outcome, summary, run));
}

function listedNight({ listing, history }: RepositoryOutcome, { present }: RepositorySummary, run: Pick<RecalledRun, "id">): ListedNight {
  return {
    run: run.id,
    listing: listing.outcome,
    previous: history.repository,
    recorded: [...history.tags.values()].map(({ tag, removedSince, timeline }) => ({
      tag,
      firstSeen: timeline[0]?.since ?? null,
      // Tags that are gone tonight may have been recorded by an earlier part of this audit or an earlier start of this run.
      removedSince: removedSince === run.id ? null : removedSince,
    })),
    present: new Set(present),
  };
}
