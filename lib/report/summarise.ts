import type { PeriodNight } from "./period-nights.ts";
import type { NightStatus, ReportRelease, ReportSummary, StateCounts, WrongReleases, WrongWord } from "./report-model.ts";
import { addStates, noStates } from "./state-counts.ts";

/** A ReleaseTally counts each release of a period once: by its worst state if it was ever wrong, otherwise by its last one. */
export interface ReleaseTally {
  readonly releases: number;
  readonly wrong: Readonly<Record<WrongWord, WrongReleases>>;
  /** The releases that were never wrong. */
  readonly right: StateCounts;
  readonly gone: number;
}

const NO_WRONG: WrongReleases = { releases: 0, still: 0, unknownSince: 0, longestHours: 0 };

/** Counts the releases of one repository. */
export function tallyReleases(releases: readonly ReportRelease[]): ReleaseTally {
  const wrong = { unsigned: { ...NO_WRONG }, untrusted: { ...NO_WRONG } };
  const right = noStates();
  let gone = 0;
  for (const { wrong: word, state, ended, unsignedHours } of releases) {
    if (ended?.why === "gone") gone++;
    if (word === null) right[state]++;
    else wrong[word] = addWrong(wrong[word], describeEnd(state, ended, unsignedHours));
  }
  return { releases: releases.length, wrong, right, gone };
}

/** Sums up the tallies of all repositories and counts the nights by status, for the first sentence. */
export function summarise(
  tallies: readonly ReleaseTally[],
  nights: readonly PeriodNight[],
  findings: ReportSummary["findings"],
): ReportSummary {
  const right = addStates(tallies.map((tally) => tally.right));
  const wrongOf = (word: WrongWord): WrongReleases => tallies.reduce((sum, { wrong }) => addWrong(sum, wrong[word]), NO_WRONG);
  const countOf = (status: NightStatus): number => nights.filter((night) => night.status === status).length;
  const [complete, incomplete, missed] = [countOf("complete"), countOf("incomplete"), countOf("missed")];
  return {
    releases: tallies.reduce((sum, { releases }) => sum + releases, 0),
    repositories: tallies.filter(({ releases }) => releases > 0).length,
    signed: right.signed,
    exempt: right.exempt,
    unsigned: wrongOf("unsigned"),
    untrusted: wrongOf("untrusted"),
    unknown: right.unknown,
    pending: right.pending,
    gone: tallies.reduce((sum, tally) => sum + tally.gone, 0),
    nights: { expected: complete + incomplete + missed, complete, incomplete, missed },
    findings,
  };
}

function describeEnd(state: ReportRelease["state"], ended: ReportRelease["ended"], longestHours: number): WrongReleases {
  const still = ended === null && (state === "unsigned" || state === "untrusted");
  return { releases: 1, still: Number(still), unknownSince: Number(ended === null && state === "unknown"), longestHours };
}

function addWrong(left: WrongReleases, right: WrongReleases): WrongReleases {
  return {
    releases: left.releases + right.releases,
    still: left.still + right.still,
    unknownSince: left.unknownSince + right.unknownSince,
    longestHours: Math.max(left.longestHours, right.longestHours),
  };
}
