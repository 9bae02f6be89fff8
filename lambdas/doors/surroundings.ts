import { setTimeout as wait } from "node:timers/promises";
import type { Surroundings } from "../../lib/registry/transport/surroundings.ts";

/** Opens the clock and the randomness of a function. */
export function openSurroundings(signal: AbortSignal): Surroundings {
  return {
    random: () => Math.random(),
    // A function is frozen between two calls, and a clock that counts from its start stands still.
    now: () => Date.now(),
    async sleep(milliseconds, stop) {
      await wait(milliseconds, undefined, { signal: stop });
    },
    signal,
  };
}
