/** Reports that one run writes at most: each takes seconds and memory. */
const DUE_MONTHS_LIMIT = 12;

/**
 * The months (`2026-10`, oldest first) whose scheduled report is due at a time: those that are over, from the one after `written`, the last
 * that was written; what is more than {@link DUE_MONTHS_LIMIT} waits for the next run. Where none was written, from the month of the first
 * run, `begun`, on, and of these the newest. Months without a run are due too: that nobody looked is what their report says. Pure.
 */
export function listDueMonths(now: string, { written, begun }: { readonly written: string | null; readonly begun: string }): string[] {
  const [thisMonth, first] = [monthNumber(now), written === null ? monthNumber(begun) : monthNumber(written) + 1];
  const due = Array.from({ length: Math.max(0, thisMonth - first) }, (_, at) => formatMonth(first + at));
  return written === null ? due.slice(-DUE_MONTHS_LIMIT) : due.slice(0, DUE_MONTHS_LIMIT);
}

/** Months since the year 0 of an ISO day or time. */
function monthNumber(text: string): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;
}

function formatMonth(number: number): string {
  return `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
}
