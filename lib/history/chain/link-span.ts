import type { RunLink } from "../run-record.ts";

/** The runs of which a link covers what they wrote, by their numbers. */
export interface LinkSpan {
  readonly through: number;
  readonly open: readonly number[];
  /** Whether the link covers what a run wrote: no earlier link did, and the run is over. */
  covers(number: number): boolean;
}

/**
 * Returns the span of the next link: everything since the last one, and what was left out then because its runs were still open. `open` are
 * the numbers of the runs that are open now, without the run that is being closed. The first link with numbers covers whatever it finds.
 */
export function nextSpan(last: Pick<RunLink, "through" | "open"> | null, own: number, open: readonly number[]): LinkSpan {
  const through = Math.max(last?.through ?? 0, own);
  const stillOpen = open.filter((number) => number <= through && number !== own).toSorted((left, right) => left - right);
  return {
    through,
    open: stillOpen,
    covers: (number) => isUncovered(last, number) && number <= through && !stillOpen.includes(number),
  };
}

/** Whether the links up to this one leave out what the run of a number wrote: it came later, or was open then. */
export function isUncovered(last: Pick<RunLink, "through" | "open"> | null, number: number): boolean {
  return last?.through === undefined || number > last.through || last.open?.includes(number) === true;
}
