import { setTimeout as wait } from "node:timers/promises";

/** Waits; ends at once when the signal is aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { ...(signal && { signal }) });
  } catch {
    // Over early.
  }
}
