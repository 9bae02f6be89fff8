/** The most reports that one run writes: each takes seconds and memory. */
const DUE_MONTHS_LIMIT = 12;

/**
 * Lists the months (`2026-10`, oldest first) whose scheduled report is due: those after `written`, the last month written, that are over.
 * Months beyond {@link DUE_MONTHS_LIMIT} wait for the next run. If none was written, the newest since `begun`, the month of the first run,
 * are due. A month without a run is due too: its report says that nobody looked. Pure.
 */
export function listDueMonths(now: string, { written, begun }: { readonly written: string | null; readonly begun: string }): string[] {
  const [thisMonth, first] = [monthNumber(now), written === null ? monthNumber(begun) : monthNumber(written) + 1];
  const due = Array.from({ length: Math.max(0, thisMonth - first) }, (_, at) => formatMonth(first + at));
  return written === null ? due.slice(-DUE_MONTHS_LIMIT) : due.slice(0, DUE_MONTHS_LIMIT);
}

/** Counts months from year 0 to an ISO day or time. */
function monthNumber(text: string): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;
}

function formatMonth(number: number): string {
  return `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
}
