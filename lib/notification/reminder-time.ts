import type { RunId } from "../history/state.ts";
import { formatDay } from "../text/format-time.ts";

/** Returns the day of the reminder after `told`, or null if the channel has none or it is already due by `run`. */
export function dayOfReminder(told: RunId, run: RunId, remindSeconds: number | null): string | null {
  if (remindSeconds === null) return null;
  const due = Date.parse(told) + remindSeconds * 1000;
  return due > Date.parse(run) ? formatDay(new Date(due).toISOString()) : null;
}

/** Returns the last line of a message: whether it is sent once, or repeated from a day on. */
export function renderToldOnce(day: string | null): string {
  return day === null ? "You are told once." : `You are told once; reminder on ${day}.`;
}
