import { setTimeout as wait } from "node:timers/promises";

/** Waits, and ends at once if the signal is aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { ...(signal && { signal }) });
  } catch {
    // The wait ended early.
  }
}
