import { quoteFound } from "./quote-found.ts";
import { readText } from "./read-value.ts";
import { reportError, type YamlValue } from "./source-file.ts";

const SECONDS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
  ["w", 604_800],
]);
/** Ten years: longer is a slip of the keyboard. */
const DURATION_LIMIT_SECONDS = 3650 * 86_400;
const DAY_MILLISECONDS = 86_400_000;

/** Reads a duration such as `0s`, `30m`, `48h`, `7d` or `2w`, in seconds. */
export function readDuration(value: YamlValue | undefined, options: { least?: number } = {}): number | null {
  const text = readText(value, { form: "a duration such as 48h" });
  if (text === null || value === undefined) return null;
  const seconds = parseDuration(text);
  if (seconds !== null && seconds >= (options.least ?? 0)) return seconds;
  const remedy = `write a number and a unit (s, m, h, d or w), such as 30m or 48h, ${options.least ? `at least ${options.least}s and ` : ""}at most 3650d`;
  reportError(value, "bad-duration", `found ${quoteFound(text)} for ${value.label}`, remedy);
  return null;
}

/** Reads `90/6h`: at most so many requests in that time. */
export function readBudget(value: YamlValue | undefined): { requests: number; seconds: number } | null {
  const text = readText(value, { form: "requests and a duration such as 90/6h" });
  if (text === null || value === undefined) return null;
  const match = /^(\d{1,9})\/(\w+)$/.exec(text);
  const [requests, seconds] = [Number(match?.[1] ?? 0), parseDuration(match?.[2] ?? "")];
  if (requests > 0 && seconds !== null && seconds > 0) return { requests, seconds };
  reportError(value, "bad-budget", `found ${quoteFound(text)} for ${value.label}`, "write requests and a duration, such as 90/6h");
  return null;
}

/** Reads `20%` as 0.2. */
export function readShare(value: YamlValue | undefined): number | null {
  const text = readText(value, { form: "a percentage such as 20%" });
  if (text === null || value === undefined) return null;
  const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?)\s?%$/.exec(text)?.[1] ?? Number.NaN);
  if (percent > 0 && percent <= 100) return percent / 100;
  reportError(
    value,
    "bad-percentage",
    `found ${quoteFound(text)} for ${value.label}`,
    "write a percentage above 0% up to 100%, such as 20%",
  );
  return null;
}

/** Reads a day, `YYYY-MM-DD` in UTC: epoch milliseconds of its first moment and of its last. */
export function readDay(value: YamlValue | undefined): { first: number; last: number } | null {
  const text = readText(value, { form: "a day such as 2027-01-31" });
  if (text === null || value === undefined) return null;
  const first = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Some impossible days are moved on to the next month instead of being refused.
  if (!Number.isNaN(first) && new Date(first).toISOString().startsWith(text)) return { first, last: first + DAY_MILLISECONDS - 1 };
  reportError(
    value,
    "bad-date",
    `found ${quoteFound(text)} for ${value.label}, which is no day of the calendar`,
    "write YYYY-MM-DD, such as 2027-01-31",
  );
  return null;
}

function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhdw])$/.exec(text);
  const seconds = Number(match?.[1] ?? Number.NaN) * (SECONDS.get(match?.[2] ?? "") ?? Number.NaN);
  return seconds <= DURATION_LIMIT_SECONDS ? seconds : null;
}
