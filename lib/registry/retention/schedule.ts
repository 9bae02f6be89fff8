const MINUTE_MILLISECONDS = 60_000;
/** Seconds, minutes, hours, days of the month, months, days of the week. */
const FIELDS = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;
const PART = /^(?:[*?]|(?<first>\d{1,2})(?:-(?<last>\d{1,2}))?)(?:\/(?<step>\d{1,2}))?$/;

/**
 * Returns when a job runs after `from` and no later than `until` (epoch milliseconds), by the minute and in UTC. The schedule has six
 * fields, with `*`, numbers, ranges, lists and steps; null if it has anything else. If both kinds of days are restricted, either will do.
 * https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format
 */
export function listRuns(schedule: string, from: number, until: number): number[] | null {
  const texts = schedule.trim().split(/\s+/);
  const fields = FIELDS.map(([least, most], at) => parseField(texts[at] ?? "", least, most));
  if (texts.length !== FIELDS.length || !fields.every((field) => field !== null)) return null;
  const [, minutes, hours, days, months, weekdays] = fields;
  const isFree = (at: number): boolean => /^[*?]/.test(texts[at]!);
  const runs: number[] = [];
  for (let at = Math.floor(from / MINUTE_MILLISECONDS + 1) * MINUTE_MILLISECONDS; at <= until; at += MINUTE_MILLISECONDS) {
    const time = new Date(at);
    const [day, weekday] = [days!.has(time.getUTCDate()), weekdays!.has(time.getUTCDay())];
    const isDay = isFree(3) || isFree(5) ? day && weekday : day || weekday;
    if (isDay && minutes!.has(time.getUTCMinutes()) && hours!.has(time.getUTCHours()) && months!.has(time.getUTCMonth() + 1)) runs.push(at);
  }
  return runs;
}

function parseField(text: string, least: number, most: number): ReadonlySet<number> | null {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const groups = PART.exec(part)?.groups;
    if (groups === undefined) return null;
    const { first, last, step } = groups;
    const from = Number(first ?? least);
    const to = Number(last ?? (first === undefined || step !== undefined ? most : first));
    const by = Number(step ?? 1);
    if (from < least || to > most || from > to || by === 0) return null;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}
