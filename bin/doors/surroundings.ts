import { setTimeout as wait } from "node:timers/promises";
import type { Surroundings } from "../../lib/registry/transport/surroundings.ts";

/** Opens the clock and the randomness of this machine. */
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
