import { readParsed } from "./read-value.ts";
import type { YamlValue } from "./source-file.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** Ten years: a longer duration is a typing error. */
const DURATION_LIMIT_SECONDS = 3650 * 86_400;
const DAY_MILLISECONDS = 86_400_000;

/** Reads a duration such as `0s`, `30m`, `48h`, `7d` or `2w`, in seconds. */
export function readDuration(value: YamlValue | undefined, { least = 0 }: { least?: number } = {}): number | null {
  const remedy = `write a number and a unit (s, m, h, d or w), such as 30m or 48h, ${least > 0 ? `at least ${least}s and ` : ""}at most 3650d`;
  return readParsed(value, (text) => parseDuration(text, least), { form: "a duration such as 48h", code: "bad-duration", remedy });
}

/** Reads a budget: `90/6h` allows 90 requests in 6 hours. */
export function readBudget(value: YamlValue | undefined): { requests: number; seconds: number } | null {
  const form = "requests and a duration such as 90/6h";
  return readParsed(value, parseBudget, { form, code: "bad-budget", remedy: "write requests and a duration, such as 90/6h" });
}

/** Reads `20%` as 0.2. */
export function readShare(value: YamlValue | undefined): number | null {
  const remedy = "write a percentage above 0% up to 100%, such as 20%";
  return readParsed(value, parseShare, { form: "a percentage such as 20%", code: "bad-percentage", remedy });
}

/** Reads a day, `YYYY-MM-DD` in UTC. Returns the epoch milliseconds of its first and last moment. */
export function readDay(value: YamlValue | undefined): { first: number; last: number } | null {
  const [form, fault, remedy] = ["a day such as 2027-01-31", "no day of the calendar", "write YYYY-MM-DD, such as 2027-01-31"];
  return readParsed(value, parseDay, { form, code: "bad-date", fault, remedy });
}

function parseDuration(text: string, least: number): number | null {
  const [, number, unit = ""] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(number) * SECONDS[unit]!;
  return seconds >= least && seconds <= DURATION_LIMIT_SECONDS ? seconds : null;
}

function parseBudget(text: string): { requests: number; seconds: number } | null {
  const [, number, duration = ""] = /^(\d{1,9})\/(\w+)$/.exec(text) ?? [];
  const [requests, seconds] = [Number(number), parseDuration(duration, 1)];
  return requests > 0 && seconds !== null ? { requests, seconds } : null;
}

function parseShare(text: string): number | null {
  const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?)\s?%$/.exec(text)?.[1]);
  return percent > 0 && percent <= 100 ? percent / 100 : null;
}

function parseDay(text: string): { first: number; last: number } | null {
  const first = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse moves some impossible days to the next month instead of refusing them.
  if (Number.isNaN(first) || !new Date(first).toISOString().startsWith(text)) return null;
  return { first, last: first + DAY_MILLISECONDS - 1 };
}
