import { RELEASE_STATES, type ReleaseState, type StateCounts } from "./report-model.ts";

/** Returns a count of zero for each state. */
export function noStates(): Record<ReleaseState, number> {
  return { signed: 0, exempt: 0, pending: 0, unknown: 0, untrusted: 0, unsigned: 0 };
}

/** Adds counts state by state. */
export function addStates(all: readonly StateCounts[]): StateCounts {
  const sum = noStates();
  for (const counts of all) for (const state of RELEASE_STATES) sum[state] += counts[state];
  return sum;
}
