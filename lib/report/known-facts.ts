import { stepsOf } from "../history/findings/finding-steps.ts";
import type { FindingStep } from "../history/findings/finding-step.ts";
import type { RecordedFrame } from "../history/past/recorded-history.ts";
import type { Finding, RunId } from "../history/state.ts";
import type { Coverage, RunRecord } from "../history/run-record.ts";
import type { Telling } from "../history/findings/telling.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";
import type { Digest } from "../oci/digest.ts";

/** A run as it was known at the time that a report speaks of. */
export interface KnownRun {
  readonly id: RunId;
  /** Epoch milliseconds of its name. */
  readonly at: number;
  /** Over by then; of any other run nothing but its beginning is known. */
  readonly over: boolean;
  readonly complete: boolean;
  /** Over a part of the watch list. */
  readonly partial: boolean;
  readonly coverage: ReadonlyMap<string, Coverage>;
  readonly watchList: Digest | null;
}

/** A finding as it was known then. Of `finding` only what never changes counts; the rest is in the steps. */
export interface KnownFinding {
  readonly finding: Finding;
  /** At least one, oldest first. */
  readonly steps: readonly FindingStep[];
  /** Oldest first. */
  readonly tellings: readonly Telling[];
}

/** What was known at one time. */
export interface KnownFacts {
  /** Epoch milliseconds. */
  readonly asOf: number;
  /** Oldest first. */
  readonly runs: readonly KnownRun[];
  readonly findings: readonly KnownFinding[];
  readonly watchLists: RecordedFrame["watchLists"];
  /** Answers whether what a run observed of a repository was known. */
  readonly knowsOf: (repository: string) => (run: RunId) => boolean;
}

/** The watch list that a run audited by; undefined where there is no run, or no text of it is kept. */
export function watchListOf({ watchLists }: Pick<KnownFacts, "watchLists">, run: KnownRun | undefined): WatchListDocument | undefined {
  const digest = run?.watchList ?? null;
  return digest === null ? undefined : watchLists.get(digest);
}

/**
 * What was known at a time (epoch milliseconds, inclusive), of all that is recorded now. What a run found is known once it is over; where it
 * broke off, once a later run that looked at the same repository is: that one took it as recorded. So a report of the past is the one that
 * was, or could have been, made then. Pure.
 */
export function cutFacts({ runs, findings, tellings, watchLists }: RecordedFrame, asOf: number): KnownFacts {
  const known = runs.filter(({ startedAt }) => Date.parse(startedAt) <= asOf).map((run) => cutRun(run, asOf));
  const byId = new Map(known.map((run) => [run.id, run]));
  const recorded = new Set(runs.map(({ id }) => id));
  const over = known.filter((run) => run.over);
  /** `later`: the newest run whose end makes known what older runs left unfinished. */
  const isKnown = (id: RunId, later: RunId | undefined): boolean =>
    byId.get(id)?.over === true || (later !== undefined && id < later) || (!recorded.has(id) && Date.parse(id) <= asOf);
  const newest = over.at(-1)?.id;
  const told = Map.groupBy(
    tellings.filter(({ sentAt }) => Date.parse(sentAt) <= asOf),
    ({ findingId }) => findingId,
  );
  return {
    asOf,
    runs: known,
    findings: findings.flatMap((finding) => {
      const isStepKnown = ({ by, at }: FindingStep): boolean => (by === "run" ? isKnown(at, newest) : Date.parse(at) <= asOf);
      const steps = stepsOf(finding);
      const count = steps.findLastIndex(isStepKnown) + 1;
      return count === 0 ? [] : [{ finding, steps: steps.slice(0, count), tellings: told.get(finding.id) ?? [] }];
    }),
    watchLists,
    knowsOf: (repository) => {
      const later = over.findLast(({ coverage }) => coverage.has(repository))?.id;
      return (run) => isKnown(run, later);
    },
  };
}

function cutRun({ id, status, finishedAt, complete, partial, coverage, watchList }: RunRecord, asOf: number): KnownRun {
  const over = status === "closed" && finishedAt !== null && Date.parse(finishedAt) <= asOf;
  const begun = { id, at: Date.parse(id), over, partial };
  if (!over) return { ...begun, complete: false, coverage: new Map(), watchList: null };
  return { ...begun, complete, coverage: new Map(coverage.map((seen) => [seen.repository, seen])), watchList };
}
