import { isSeen, type PeriodNight } from "./period-nights.ts";
import type { ReleaseTrace } from "./release-trace.ts";
import type { ReleaseState, RepositoryNight } from "./report-model.ts";
import { noStates } from "./state-counts.ts";

/** Counts the releases of a repository by state after the run of each night. A night is null if nobody looked at the repository. */
export function countNights(
  repository: string,
  traces: readonly ReleaseTrace[],
  nights: readonly PeriodNight[],
): (RepositoryNight | null)[] {
  const looked = nights.flatMap(({ run }, night) => {
    const coverage = run?.coverage.get(repository);
    return run === null || coverage === undefined || !isSeen(coverage) ? [] : [{ night, run }];
  });
  const cells = looked.map(() => noStates());
  const times = looked.map(({ run }) => run.at);
  // Most releases keep their state for the whole period: a binary search finds the nights of a span.
  for (const { spans } of traces) {
    for (const { from, to, state } of spans) addSpan(cells, state, firstAt(times, from), firstAt(times, to));
  }
  const counted: (RepositoryNight | null)[] = nights.map(() => null);
  for (const [at, { night, run }] of looked.entries())
    counted[night] = { listed: run.coverage.get(repository)!.listed, states: cells[at]! };
  return counted;
}

function addSpan(cells: readonly Record<ReleaseState, number>[], state: ReleaseState, first: number, end: number): void {
  for (let at = first; at < end; at++) cells[at]![state]++;
}

/** Returns the first index whose time is not before `time`. */
function firstAt(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
