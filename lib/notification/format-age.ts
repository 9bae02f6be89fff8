import type { RunId } from "../history/state.ts";

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

/** `7 days`, `5 hours`: how long a finding was open at a run, in whole days where there is one. */
export function formatAge(openedAt: RunId, run: RunId): string {
  const age = Math.max(0, Date.parse(run) - Date.parse(openedAt));
  const [count, unit] = age >= DAY_MILLISECONDS ? [age / DAY_MILLISECONDS, "day"] : [age / HOUR_MILLISECONDS, "hour"];
  return `${Math.floor(count)} ${unit}${Math.floor(count) === 1 ? "" : "s"}`;
}
