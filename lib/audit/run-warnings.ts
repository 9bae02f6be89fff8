import type { RepositoryOutcome } from "./repository-outcome.ts";

/** What people should know of a run that did not see everything: releases that the night had no room for, or that a later run has changed. */
export function listShortfalls({ item, releases, waiting }: RepositoryOutcome): string[] {
  const unreached = releases.filter(({ verdict }) => verdict.reason === "budget").length;
  const warnings: string[] = [];
  const later = releases.flatMap(({ laterRun }) => laterRun ?? []).toSorted();
  if (later.length > 0)
    warnings.push(
      `${item.name}: ${later.length} of its releases changed against the run of ${later.at(-1)}, which is later than this one: the first run after it tells. Where that is in the future, a clock or --now was wrong then`,
    );
  if (unreached > 0)
    warnings.push(
      `${item.name}: the budget of this run did not reach ${unreached} of its known releases; they are unknown, and come first the next time`,
    );
  if (waiting > 0) warnings.push(`${item.name}: ${waiting} new tags are more than this run takes in; they wait for the next`);
  return warnings;
}
