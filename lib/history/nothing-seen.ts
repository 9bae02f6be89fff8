import type { RunId, Snapshot } from "./state.ts";

/** The snapshot of a run that saw nothing, as of a change that is about a whole repository, the watch list or a report. */
export function nothingSeen(run: RunId): Snapshot {
  return { digest: null, verdict: null, reason: null, signers: [], run };
}
