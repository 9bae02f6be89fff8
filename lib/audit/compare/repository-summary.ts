import type { TagState } from "../../history/state.ts";
import type { Verdict } from "../../history/verdict.ts";
import type { RepositoryOutcome } from "../repository-outcome.ts";
import type { RepositorySummary } from "../repository-outcome.ts";
import { findVisibilityChanges } from "./visibility.ts";

/** Of what one audit (or part of one) judged. */
export function summariseOutcome({ releases, history, listing, referrersApi }: RepositoryOutcome): RepositorySummary {
  const counts = { releases: releases.length, signed: 0, untrusted: 0, unsigned: 0, unknown: 0, pending: 0, exempt: 0 };
  for (const { verdict, exempt } of releases) {
    counts[verdict.verdict]++;
    if (exempt) counts.exempt++;
  }
  const { learned, listed, missing } = referrersApi;
  return {
    counts,
    unanswered: [
      ...new Set(releases.flatMap(({ verdict, state }) => (isToldAsFlooded(verdict, state) ? [] : (state.unansweredSince ?? [])))),
    ],
    moved: findVisibilityChanges(releases, history),
    present: [...listing.present],
    referrersApi: { learned, listed, missing },
  };
}

/** Two parts of one audit. The list of tags is that of the later one. */
export function addSummaries(earlier: RepositorySummary, later: RepositorySummary): RepositorySummary {
  const words = Object.keys(later.counts) as (keyof RepositorySummary["counts"])[];
  const api = { first: earlier.referrersApi, second: later.referrersApi };
  return {
    counts: Object.fromEntries(words.map((word) => [word, earlier.counts[word] + later.counts[word]])) as RepositorySummary["counts"],
    unanswered: [...new Set([...earlier.unanswered, ...later.unanswered])],
    moved: [...new Map([...earlier.moved, ...later.moved].map((change) => [change.about, change])).values()],
    present: later.present,
    referrersApi: {
      learned: api.first.learned || api.second.learned,
      listed: api.first.listed + api.second.listed,
      missing: api.first.missing + api.second.missing,
    },
  };
}

/** A flood is an answer, and has a finding of its own; only that of a release of the first night is told by nobody else. */
function isToldAsFlooded({ reason }: Verdict, { flooded, baseline }: TagState): boolean {
  return reason === "evidence-flooded" && flooded === true && !baseline;
}
