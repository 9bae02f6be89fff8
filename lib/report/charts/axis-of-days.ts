import type { ScaleOptions } from "@observablehq/plot";
import { DAY_MILLISECONDS, startOf } from "../report-period.ts";

/** Returns the start and end of a day on a time axis. */
export function spanOfDay(day: string): { readonly x1: Date; readonly x2: Date } {
  const start = startOf(day);
  return { x1: new Date(start), x2: new Date(start + DAY_MILLISECONDS) };
}

/** Up to so many days, each has a tick: a shorter step would name hours. */
const TICKED_DAYS = 14;

/** Returns the axis of all these days. */
export function axisOfDays(days: readonly string[]): Pick<ScaleOptions, "type" | "domain" | "label" | "ticks"> {
  const domain = [spanOfDay(days[0]!).x1, spanOfDay(days.at(-1)!).x2];
  return { type: "utc", domain, label: null, ...(days.length <= TICKED_DAYS && { ticks: "day" as const }) };
}
