import { setTimeout as wait } from "node:timers/promises";
import type { Surroundings } from "../../lib/registry/surroundings.ts";

/** What asking over HTTP stands on, in a function. */
export function openSurroundings(signal: AbortSignal): Surroundings {
  return {
    random: () => Math.random(),
    now: () => performance.timeOrigin + performance.now(),
    async sleep(milliseconds, stop) {
      await wait(milliseconds, undefined, { signal: stop });
    },
    signal,
  };
}
