import type { ScaleOptions } from "@observablehq/plot";
import { DAY_MILLISECONDS, startOf } from "../report-period.ts";

/** The place of a day on a time axis, which is all of it. */
export function spanOfDay(day: string): { readonly x1: Date; readonly x2: Date } {
  const start = startOf(day);
  return { x1: new Date(start), x2: new Date(start + DAY_MILLISECONDS) };
}

/** So few days have a tick each: a shorter step would name hours. */
const TICKED_DAYS = 14;

/** The axis of all these days. */
export function axisOfDays(days: readonly string[]): Pick<ScaleOptions, "type" | "domain" | "label" | "ticks"> {
  const domain = [spanOfDay(days[0]!).x1, spanOfDay(days.at(-1)!).x2];
  return { type: "utc", domain, label: null, ...(days.length <= TICKED_DAYS && { ticks: "day" as const }) };
}
