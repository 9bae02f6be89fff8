import { setTimeout as wait } from "node:timers/promises";
import type { ConnectionSurroundings } from "../../lib/registry/transport/surroundings.ts";

/** Opens the clock, the timers and the randomness of a function. */
export function openSurroundings(signal: AbortSignal): ConnectionSurroundings {
  return {
    random: () => Math.random(),
    // A function is frozen between two calls, and a clock that counts from its start stands still.
    now: () => Date.now(),
    async sleep(milliseconds, stop) {
      await wait(milliseconds, undefined, { signal: stop });
    },
    alarm(milliseconds, ring) {
      const timer = setTimeout(ring, milliseconds);
      return () => clearTimeout(timer);
    },
    signal,
  };
}
