import { stepsOf } from "../history/findings/finding-steps.ts";
import type { FindingStep } from "../history/findings/finding-step.ts";
import type { RecordedFrame } from "../history/past/recorded-history.ts";
import type { Finding, RunId } from "../history/state.ts";
import type { Coverage, RunRecord } from "../history/run-record.ts";
import type { Telling } from "../history/findings/telling.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";
import type { Digest } from "../oci/digest.ts";

/** A KnownRun is a run as it was known at the time of the report. */
export interface KnownRun {
  readonly id: RunId;
  /** The time in its name, epoch milliseconds. */
  readonly at: number;
  /** Whether the run was over by then. Of any other run, only its beginning is known. */
  readonly over: boolean;
  readonly complete: boolean;
  /** Whether it covered only a part of the watch list. */
  readonly partial: boolean;
  readonly coverage: ReadonlyMap<string, Coverage>;
  readonly watchList: Digest | null;
}

/** A KnownFinding is a finding as it was known then. Only the constant fields of `finding` count; the steps have the rest. */
export interface KnownFinding {
  readonly finding: Finding;
  /** At least one, oldest first. */
  readonly steps: readonly FindingStep[];
  /** Oldest first. */
  readonly tellings: readonly Telling[];
}

/** The facts that were known at one time. */
export interface KnownFacts {
  /** Epoch milliseconds. */
  readonly asOf: number;
  /** Oldest first. */
  readonly runs: readonly KnownRun[];
  readonly findings: readonly KnownFinding[];
  readonly watchLists: RecordedFrame["watchLists"];
  /** Reports whether an observation of a repository by a run was known. */
  readonly knowsOf: (repository: string) => (run: RunId) => boolean;
}

/** Returns the watch list that a run audited by, or undefined if there is no run or no text of the list is kept. */
export function watchListOf({ watchLists }: Pick<KnownFacts, "watchLists">, run: KnownRun | undefined): WatchListDocument | undefined {
  const digest = run?.watchList ?? null;
  return digest === null ? undefined : watchLists.get(digest);
}

/**
 * Cuts the recorded facts down to those known at `asOf` (epoch milliseconds, inclusive). A run's findings are known once it is over. If it
 * broke off, they are known once a later run has looked at the same repository, because that run took them as recorded. A report of the
 * past is therefore the one that was, or could have been, made then. Pure.
 */
export function cutFacts({ runs, findings, tellings, watchLists }: RecordedFrame, asOf: number): KnownFacts {
  const begun = runs.filter(({ startedAt }) => Date.parse(startedAt) <= asOf).map((run) => cutRun(run, asOf));
  const byId = new Map(begun.map((run) => [run.id, run]));
  const recorded = new Set(runs.map(({ id }) => id));
  const over = begun.filter((run) => run.over);
  /** `later` is the newest run whose end makes the facts of unfinished older runs known. */
  const isKnown = (id: RunId, later: RunId | undefined): boolean =>
    byId.get(id)?.over === true || (later !== undefined && id < later) || (!recorded.has(id) && Date.parse(id) <= asOf);
  const newest = over.at(-1)?.id;
  const told = Map.groupBy(
    tellings.filter(({ sentAt }) => Date.parse(sentAt) <= asOf),
    ({ findingId }) => findingId,
  );
  return {
    asOf,
    runs: begun,
    findings: findings.flatMap((finding) => {
      const isStepKnown = ({ by, at }: FindingStep): boolean => (by === "run" ? isKnown(at, newest) : Date.parse(at) <= asOf);
      const steps = stepsOf(finding);
      const count = steps.findLastIndex(isStepKnown) + 1;
      if (count === 0) return [];
      const { unread } = finding;
      const known = unread === undefined || isKnown(unread.until, newest) ? finding : { ...finding, ...unread };
      return [{ finding: known, steps: steps.slice(0, count), tellings: told.get(finding.id) ?? [] }];
    }),
    watchLists,
    knowsOf: (repository) => {
      const later = over.findLast(({ coverage }) => coverage.has(repository))?.id;
      return (run) => isKnown(run, later);
    },
  };
}

function cutRun({ id, status, finishedAt, complete, partial, coverage, watchList }: RunRecord, asOf: number): KnownRun {
  const over = status === "closed" && finishedAt !== null && wholeSecond(finishedAt) <= asOf;
  const begun = { id, at: Date.parse(id), over, partial };
  if (!over) return { ...begun, complete: false, coverage: new Map(), watchList: null };
  return { ...begun, complete, coverage: new Map(coverage.map((seen) => [seen.repository, seen])), watchList };
}

/** A run that is over within the second of its report is in it: a time that somebody names has whole seconds. */
function wholeSecond(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}
