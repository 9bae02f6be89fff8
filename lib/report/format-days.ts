import { DAY_MILLISECONDS, startOf, type ReportPeriod } from "./report-period.ts";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** Formats a day as `14 October`, or with the year. */
export function formatDayInWords(day: string, withYear = false): string {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${MONTHS[month! - 1]}${withYear ? ` ${year}` : ""}`;
}

/** Formats a period: `October 2026`, `14 October 2026`, `1 to 21 October 2026`; `so far` follows if its last day is not over. */
export function formatPeriodTitle({ from, to, asOf }: ReportPeriod): string {
  const isOver = asOf + 1000 >= startOf(to) + DAY_MILLISECONDS;
  return `${formatSpan(from, to)}${isOver ? "" : " so far"}`;
}

function formatSpan(from: string, to: string): string {
  if (from === to) return formatDayInWords(from, true);
  const [year, month] = [Number(from.slice(0, 4)), Number(from.slice(5, 7))];
  const isMonth = from.endsWith("-01") && startOf(to) + DAY_MILLISECONDS === Date.UTC(year, month, 1);
  if (isMonth) return `${MONTHS[month - 1]} ${year}`;
  const first =
    from.slice(0, 7) === to.slice(0, 7) ? String(Number(from.slice(8))) : formatDayInWords(from, from.slice(0, 4) !== to.slice(0, 4));
  return `${first} to ${formatDayInWords(to, true)}`;
}

const NAMED = 6;

/** Formats days, oldest first: `3, 4 and 14 October`, `30 September to 2 October and 14 October`. Three in a row become a range. */
export function formatDayList(days: readonly string[]): string {
  const parts = joinStretches(days);
  const shown = parts.slice(0, NAMED);
  const more = parts.length - shown.length;
  const words = shown.map((part, at) => {
    const next = shown[at + 1];
    const single = part.from === part.to;
    // Days of the same month share its name.
    const sameMonth = next !== undefined && next.from === next.to && single && next.from.slice(0, 7) === part.from.slice(0, 7);
    if (single) return sameMonth ? String(Number(part.from.slice(8))) : formatDayInWords(part.from);
    const from = part.from.slice(0, 7) === part.to.slice(0, 7) ? String(Number(part.from.slice(8))) : formatDayInWords(part.from);
    return `${from} to ${formatDayInWords(part.to)}`;
  });
  if (more > 0) return `${words.join(", ")} and ${more} more`;
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function joinStretches(days: readonly string[]): { from: string; to: string }[] {
  const stretches: { from: string; to: string }[] = [];
  for (const day of days) {
    const last = stretches.at(-1);
    if (last !== undefined && startOf(day) - startOf(last.to) === DAY_MILLISECONDS) last.to = day;
    else stretches.push({ from: day, to: day });
  }
  const split = ({ from, to }: { from: string; to: string }) => [from, to].map((day) => ({ from: day, to: day }));
  return stretches.flatMap((one) => (startOf(one.to) - startOf(one.from) === DAY_MILLISECONDS ? split(one) : [one]));
}
