import type { TagState } from "../../history/state.ts";
import type { SummaryDocument } from "../audit-document.ts";
import type { RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";
import { findVisibilityChanges } from "./visibility.ts";

export const NO_COUNTS = { releases: 0, signed: 0, untrusted: 0, unsigned: 0, unknown: 0, pending: 0, exempt: 0 };

export function addCounts(left: SummaryDocument, right: SummaryDocument): SummaryDocument {
  const words = Object.keys(NO_COUNTS) as (keyof SummaryDocument)[];
  return Object.fromEntries(words.map((word) => [word, left[word] + right[word]])) as SummaryDocument;
}

/** Sums up what one audit, or one part of it, judged. */
export function summariseOutcome({ releases, history, listing, referrersApi }: RepositoryOutcome): RepositorySummary {
  const counts = { ...NO_COUNTS, releases: releases.length };
  for (const { verdict, exempt } of releases) {
    counts[verdict.verdict]++;
    if (exempt) counts.exempt++;
  }
  const { learned, listed, missing } = referrersApi;
  const unanswered = releases.flatMap(({ state }) => (isToldByName(state) ? [] : (state.unansweredSince ?? [])));
  return {
    counts,
    unanswered: [...new Set(unanswered)],
    moved: findVisibilityChanges(releases, history),
    present: [...listing.present],
    referrersApi: { learned, listed, missing },
  };
}

/** Adds the summaries of two parts of one audit. The list of tags is that of the later part. */
export function addSummaries(earlier: RepositorySummary, later: RepositorySummary): RepositorySummary {
  const [first, second] = [earlier.referrersApi, later.referrersApi];
  return {
    counts: addCounts(earlier.counts, later.counts),
    unanswered: [...new Set([...earlier.unanswered, ...later.unanswered])],
    moved: [...new Map([...earlier.moved, ...later.moved].map((change) => [change.about, change])).values()],
    present: later.present,
    referrersApi: {
      learned: first.learned || second.learned,
      listed: first.listed + second.listed,
      missing: first.missing + second.missing,
    },
  };
}

/** Reports whether a release has a finding of its own that says why nobody can judge it. */
function isToldByName({ meanwhile }: TagState): boolean {
  return meanwhile !== undefined && meanwhile.causes.length > 0;
}
