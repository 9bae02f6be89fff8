import type { PeriodNight } from "./period-nights.ts";
import type { NightStatus, ReportRelease, ReportRepository, ReportSummary, WrongReleases } from "./report-model.ts";

/** The numbers of the first sentence: each release once, and the nights by what was seen in them. */
export function summarise(
  repositories: readonly ReportRepository[],
  nights: readonly PeriodNight[],
  findings: ReportSummary["findings"],
): ReportSummary {
  const releases = repositories.flatMap((one) => one.releases);
  const wrong = releases.filter(isWrong);
  const rest = releases.filter((release) => !isWrong(release));
  const count = (state: ReportRelease["state"]): number => rest.filter((release) => release.state === state).length;
  const countOf = (status: NightStatus): number => nights.filter((night) => night.status === status).length;
  const [complete, incomplete, missed] = [countOf("complete"), countOf("incomplete"), countOf("missed")];
  return {
    releases: releases.length,
    repositories: repositories.filter((one) => one.releases.length > 0).length,
    signed: count("signed"),
    exempt: count("exempt"),
    unsigned: countWrong(wrong.filter(({ worstVerdict }) => worstVerdict === "unsigned")),
    untrusted: countWrong(wrong.filter(({ worstVerdict }) => worstVerdict !== "unsigned")),
    unknown: count("unknown"),
    pending: count("pending"),
    gone: releases.filter(({ ended }) => ended?.why === "gone").length,
    nights: { expected: complete + incomplete + missed, complete, incomplete, missed },
    findings,
  };
}

/** Whether a release was unsigned or untrusted, and not exempt, at some time of the period. */
export function isWrong({ unsignedHours }: ReportRelease): boolean {
  return unsignedHours > 0;
}

function countWrong(releases: readonly ReportRelease[]): WrongReleases {
  const longestHours = releases.reduce((longest, { unsignedHours }) => Math.max(longest, unsignedHours), 0);
  return { releases: releases.length, still: releases.filter(isStillWrong).length, longestHours };
}

/** Whether it was so at the end: what is unknown since counts. */
function isStillWrong({ ended, state }: ReportRelease): boolean {
  return ended === null && (state === "unsigned" || state === "untrusted" || state === "unknown");
}
