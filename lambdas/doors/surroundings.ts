import { setTimeout as wait } from "node:timers/promises";
import type { Surroundings } from "../../lib/registry/transport/surroundings.ts";

/** What asking over HTTP stands on, in a function. */
export function openSurroundings(signal: AbortSignal): Surroundings {
  return {
    random: () => Math.random(),
    // Between two calls a function is frozen, and a clock that counts from its start stands still.
    now: () => Date.now(),
    async sleep(milliseconds, stop) {
      await wait(milliseconds, undefined, { signal: stop });
    },
    signal,
  };
}
