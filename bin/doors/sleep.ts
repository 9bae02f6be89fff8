import { setTimeout as wait } from "node:timers/promises";
import type { Sleep } from "../../lib/audit/conclude/deliver.ts";

/** Opens waits that `stopped` ends. */
export function openSleep(stopped: AbortSignal): Sleep {
  return async (milliseconds, signal = stopped) => {
    try {
      await wait(milliseconds, undefined, { signal });
    } catch {
      // The wait ended early.
    }
  };
}
