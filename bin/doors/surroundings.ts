import { setTimeout as wait } from "node:timers/promises";
import type { ConnectionSurroundings } from "../../lib/registry/transport/surroundings.ts";

/** Opens the clock, the timers and the randomness of this machine. */
export function openSurroundings(signal: AbortSignal): ConnectionSurroundings {
  return {
    random: () => Math.random(),
    now: () => performance.timeOrigin + performance.now(),
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
