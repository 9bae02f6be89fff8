import type { Change } from "../../history/state.ts";
import { isDefinitive } from "../../history/verdict.ts";
import type { RepositoryOutcome } from "../repository-outcome.ts";

/**
 * Which releases this run has read, as far as a change that waits for it is concerned: one that is held needs a reading after it was held,
 * one of a run that is still open somebody else's own. What is not watched any more cannot be read: it is told as it was seen.
 */
export interface Reading {
  /** A definitive reading by this run. `again`: it came after the change was held. */
  has(change: Change, options: { again: boolean }): boolean;
  /** Whether this run was to look at a repository, and found the tag among its releases. */
  watches(repository: string, tag?: string): boolean;
}

/** What a run read, for changes that wait for it. */
interface RunReading {
  readonly outcomes: readonly RepositoryOutcome[];
  /** Only a part of the watch list is audited: what is not in it may be watched all the same. */
  readonly partial: boolean;
  /** Changes that were held before this run began: whatever it read came after that. */
  readonly heldBefore: ReadonlySet<string>;
  /** Changes whose releases were read a second time by this run. */
  readonly readAgain: ReadonlySet<string>;
}

export function createReading({ outcomes, partial, heldBefore, readAgain }: RunReading): Reading {
  const repositories = new Map(outcomes.map((outcome) => [outcome.item.name, { outcome, verdicts: verdictsOf(outcome) }]));
  return {
    has({ id, repository, tag }, { again }) {
      const found = repositories.get(repository);
      if (found === undefined) return !partial;
      if (tag === null) return true;
      const verdict = found.verdicts.get(tag);
      if (verdict === undefined) return found.outcome.listing.outcome === "complete" && found.outcome.waiting === 0;
      return isDefinitive(verdict) && (!again || heldBefore.has(id) || readAgain.has(id));
    },
    watches(repository, tag) {
      const found = repositories.get(repository);
      return found !== undefined && (tag === undefined || found.verdicts.has(tag));
    },
  };
}

function verdictsOf({ releases }: RepositoryOutcome): ReadonlyMap<string, RepositoryOutcome["releases"][number]["verdict"]["verdict"]> {
  return new Map(releases.map(({ facts, verdict }) => [facts.release.tag, verdict.verdict]));
}
