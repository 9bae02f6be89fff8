import type { RunId, TagState } from "../history/state.ts";
import type { Verdict, VerdictWord } from "../history/verdict.ts";
import type { RepositoryOutcome } from "./audit-repository.ts";
import { findVisibilityChanges, type VisibilityChange } from "./visibility.ts";

/**
 * What a repository's own state needs to know of its releases tonight. An audit that is cut into parts (a function has a time limit) has
 * one a part: plain JSON, and two of them add up.
 */
export interface RepositorySummary {
  /** Releases by verdict. */
  readonly counts: Readonly<Record<"releases" | VerdictWord | "exempt", number>>;
  /** Since when releases that are unknown have had no answer; each run once. */
  readonly unanswered: readonly RunId[];
  readonly moved: readonly VisibilityChange[];
  /** Known releases that are there. */
  readonly present: readonly string[];
  readonly referrersApi: { readonly learned: boolean; readonly listed: number; readonly missing: number };
}

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
