import type { Change, RunId } from "../state.ts";

/**
 * Returns a change as the store records it for a run, with the number of that run. A change of another run was stored before, and stays as
 * it is. A run that was never opened has the number 0, and its changes have none.
 */
export function numberChange(change: Change, run: RunId, number: number): Change {
  return change.number !== undefined || change.run !== run || number === 0 ? change : { ...change, number };
}
