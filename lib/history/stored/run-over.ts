import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { RunId } from "../state.ts";

/** Returns the error of a store that is to write for a run that is over. */
export function runOver(run: RunId, status: string): SealwatchError {
  const why = status === "closed" ? "another start has closed it; start it again to read its answer" : "a later run has taken over";
  return new SealwatchError("run-over", `record for the run of ${run}: ${why}`);
}

/** Whether a write was refused because its run is over. */
export function isRunOver(error: unknown): boolean {
  return error instanceof SealwatchError && error.code === "run-over";
}
