import { SealwatchError } from "../oci/sealwatch-error.ts";

/** A ReportPeriod is the days of a report and the time of the knowledge that it rests on. */
export interface ReportPeriod {
  /** First and last day, UTC, both inclusive: `2026-10-01`. */
  readonly from: string;
  readonly to: string;
  /** Epoch milliseconds. */
  readonly asOf: number;
}

/** A span of time in epoch milliseconds; `to` is exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The options of the command line that name a period. */
export interface PeriodOptions {
  readonly month?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
}

const HOUR_MILLISECONDS = 3_600_000;
export const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
/** Ten years. Each day is a line in every part of a report, and a mistyped year would give millions. */
const DAYS_LIMIT = 3660;

/**
 * Reads the period: `--month`, or `--from` with `--to`, or by default the month of `now` (epoch milliseconds) up to now. If `--as-of` is a
 * day, it counts to its end, or up to now if it is not over. Throws SealwatchError `usage` if a day does not exist or is in the future, or
 * if the period ends before it begins.
 */
export function readPeriod(options: PeriodOptions, now: number): ReportPeriod {
  const { month, asOf } = options;
  // Milliseconds count: the run that ended just now ended in this second.
  const instant = asOf === undefined ? now : readAsOf(asOf, now);
  const days = readDays(options, formatDay(instant));
  if (startOf(days.from) > instant)
    throw refuse(
      `${month === undefined ? `--from ${days.from}` : `--month ${month}`}: that is after ${formatDay(instant)}, of which nothing is known`,
    );
  if (days.from > days.to) throw refuse(`--from ${days.from} is after --to ${days.to}`);
  if (startOf(days.to) - startOf(days.from) > DAYS_LIMIT * DAY_MILLISECONDS)
    throw refuse(`--from ${days.from} to ${days.to}: that is more than ten years; write several reports`);
  return { ...days, asOf: instant };
}

/** Returns the first moment of a day in epoch milliseconds. */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** Returns the UTC day of a time in epoch milliseconds. */
export function formatDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Formats epoch milliseconds in the form of a run's name, which has whole seconds: `2026-10-31T23:59:59Z`. */
export function formatInstant(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Formats epoch milliseconds so that `--as-of` reads the same time: `2026-10-31T23:59:59Z`, `2026-11-01T09:30:00.123Z`. */
export function formatAsOf(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

/** Converts milliseconds to hours, rounded to a tenth. A time above zero never becomes zero. */
export function roundHours(milliseconds: number): number {
  const hours = Math.round((milliseconds / HOUR_MILLISECONDS) * 10) / 10;
  return hours === 0 && milliseconds > 0 ? 0.1 : hours;
}

/** Returns the exclusive end of the period in epoch milliseconds: the end of its last day, or of the second `asOf`. */
export function endOf({ to, asOf }: ReportPeriod): number {
  return Math.min(startOf(to) + DAY_MILLISECONDS, Math.floor(asOf / 1000) * 1000 + 1000);
}

/** Returns the days of the period that had begun by `asOf`, oldest first. */
export function daysOf({ from, to, asOf }: ReportPeriod): string[] {
  const days: string[] = [];
  for (let at = startOf(from); at <= Math.min(startOf(to), asOf); at += DAY_MILLISECONDS) days.push(formatDay(at));
  return days;
}

function readDays({ month, from, to }: PeriodOptions, today: string): { from: string; to: string } {
  if (month !== undefined) {
    if (from !== undefined || to !== undefined) throw refuse("--month names all days; leave --from and --to out");
    return monthOf(readDay("--month", `${month}-01`, month));
  }
  if (from === undefined && to === undefined) return { ...monthOf(`${today.slice(0, 7)}-01`), to: today };
  if (from === undefined) throw refuse("--to ends a period; write --from as well");
  return { from: readDay("--from", from), to: to === undefined ? today : readDay("--to", to) };
}

function monthOf(first: string): { from: string; to: string } {
  const [year, month] = first.split("-");
  return { from: first, to: formatDay(Date.UTC(Number(year), Number(month), 0)) };
}

function readAsOf(text: string, now: number): number {
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z$/.test(text);
  // Date.parse reads 30 February as a day in March.
  const time = !isTime ? startOf(readDay("--as-of", text)) : isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw refuse(`--as-of ${text}: write a day such as 2026-10-31, or a time such as 2026-10-31T12:00:00Z`);
  if (time > now) throw refuse(`--as-of ${text}: that is still to come`);
  return isTime ? time : Math.min(time + DAY_MILLISECONDS - 1000, now);
}

function readDay(option: string, text: string, written = text): string {
  if (!isDay(text))
    throw refuse(`${option} ${written}: write ${option === "--month" ? "a month such as 2026-10" : "a day such as 2026-10-31"}`);
  return text;
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? startOf(text) : Number.NaN;
  return !Number.isNaN(time) && formatDay(time) === text;
}

function refuse(why: string): SealwatchError {
  return new SealwatchError("usage", `report: ${why}`);
}
