import { isSeen } from "./is-seen.ts";
import type { PeriodNight } from "./period-nights.ts";
import type { ReleaseTrace } from "./release-trace.ts";
import type { ReleaseState, RepositoryNight } from "./report-model.ts";
import { noStates } from "./state-counts.ts";

/** For each night what the releases of a repository were after its run; null where nobody looked, or not at this repository. */
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
  // Most releases are the same for the whole period: one span is found among the nights by halving, not night by night.
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

/** The first index whose time is not before `time`. */
function firstAt(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
