import type { Change, Observation, RunId } from "../state.ts";
import type { Coverage, RunRecord } from "../run-record.ts";
import type { PastStore, RunStore } from "../store.ts";
import { readRunsBackwards } from "./read-runs-backwards.ts";

/** A period in the past, possibly up to now, in the names of runs. Both ends are included. */
export interface Period {
  readonly from: RunId | null;
  readonly until: RunId;
}

/** What a run saw of one repository. */
export interface Look {
  readonly run: RunId;
  readonly status: RunRecord["status"];
  /** Null if the run did not look at the repository, or never came to its end. */
  readonly coverage: Coverage | null;
}

/** A repository as it was at a time: what its tags were by the last look at each, and the last run that looked. */
export interface PastRepository {
  readonly repository: string;
  readonly at: RunId;
  /** The last observation of each tag, in no order. Tags that were gone by then are left out. */
  readonly releases: readonly Observation[];
  /** The newest run up to then that has coverage of the repository, or null. */
  readonly look: Look | null;
}

/** What is recorded of one tag in a period. */
export interface ReleaseTimeline {
  readonly repository: string;
  readonly tag: string;
  readonly period: Period;
  /** Oldest first. The first may be from before the period, because it was still true in it. */
  readonly observations: readonly Observation[];
  /** Oldest first. */
  readonly changes: readonly Change[];
  /** The runs of the period that did not see the whole repository, oldest first. */
  readonly gaps: readonly Look[];
}

/** Returns the state of a repository at a past time, from what was observed until then (architecture section 6). */
export async function loadPastRepository(store: PastStore & RunStore, repository: string, at: RunId): Promise<PastRepository> {
  const latest = new Map<string, Observation>();
  for await (const observation of store.observations(repository, { until: at })) latest.set(observation.tag, observation);
  const releases = [...latest.values()].filter(({ verdict }) => verdict !== null);
  let look: Look | null = null;
  for await (const run of runsUntil(store, at)) {
    look = lookOf(run, repository);
    if (look.coverage !== null) break;
    look = null;
  }
  return { repository, at, releases, look };
}

/** Returns the timeline of one tag. It is empty if the tag was never seen. */
export async function loadReleaseTimeline(
  store: PastStore & RunStore,
  repository: string,
  tag: string,
  period: Period,
): Promise<ReleaseTimeline> {
  const { from, until } = period;
  let before: Observation | null = null;
  const within: Observation[] = [];
  for await (const observation of store.observations(repository, { until })) {
    if (observation.tag !== tag) continue;
    if (from !== null && observation.run < from) before = observation;
    else within.push(observation);
  }
  const changes = (await store.changes(repository)).filter(
    (change) => change.tag === tag && change.run <= until && (from === null || change.run >= from),
  );
  const first = from ?? within[0]?.run ?? until;
  const gaps: Look[] = [];
  for await (const run of runsUntil(store, until)) {
    const look = lookOf(run, repository);
    if (run.id >= first && !run.partial && !isWhole(look)) gaps.push(look);
  }
  gaps.sort((left, right) => (left.run < right.run ? -1 : 1));
  return { repository, tag, period, observations: before === null ? within : [before, ...within], changes, gaps };
}

function lookOf({ id, status, coverage }: RunRecord, repository: string): Look {
  return { run: id, status, coverage: coverage.find((seen) => seen.repository === repository) ?? null };
}

function isWhole({ coverage }: Look): boolean {
  return coverage !== null && coverage.listed && coverage.unknown === 0 && coverage.emptied !== true;
}

/** Reads the runs for a time up to and including `until`, newest first. */
async function* runsUntil(store: RunStore, until: RunId): AsyncGenerator<RunRecord> {
  for await (const run of readRunsBackwards(store)) if (run.id <= until) yield run;
}
