import { formatDayInWords, formatDayList } from "./format-days.ts";
import type { PeriodNight } from "./period-nights.ts";
import type { ReportSummary, WrongReleases } from "./report-model.ts";

/**
 * Composes the first sentence of a report: `October 2026: 812 of 815 releases in 60 repositories signed; 2 exempt; 1 unsigned for 31 h. 30
 * of 31 nights complete (missed: 14 October).` It counts and never gives a percentage, so that partial coverage never sounds complete.
 */
export function composeSentence(title: string, summary: ReportSummary, nights: readonly PeriodNight[]): string {
  if (nights.every(({ status }) => status === "before")) return `${title}: nothing is recorded; the history had not begun.`;
  // A release that was signed before may not be signed in a period in which nobody looked.
  const { complete, incomplete, missed } = summary.nights;
  const isUnseen = summary.releases > 0 && missed > 0 && complete + incomplete === 0;
  return `${title}: ${isUnseen ? "when last seen, " : ""}${describeReleases(summary)}. ${describeNights(summary, nights)}.`;
}

function describeReleases({ releases, repositories, signed, exempt, unsigned, untrusted, unknown, pending }: ReportSummary): string {
  if (releases === 0) return "no release was seen";
  const parts = [
    `${signed} of ${releases} ${releases === 1 ? "release" : "releases"} in ${repositories} ${repositories === 1 ? "repository" : "repositories"} signed`,
    exempt > 0 && `${exempt} exempt`,
    unsigned.releases > 0 && describeWrong("unsigned", unsigned),
    untrusted.releases > 0 && describeWrong("untrusted", untrusted),
    unknown > 0 && `${unknown} unknown`,
    pending > 0 && `${pending} pending`,
  ];
  return parts.filter((part) => part !== false).join("; ");
}

function describeWrong(word: string, { releases, still, unknownSince, longestHours }: WrongReleases): string {
  const span = `${releases} ${word} for ${releases === 1 ? "" : "up to "}${longestHours} h`;
  if (releases === 1) return `${span}${still > 0 ? " and still so at the end" : unknownSince > 0 ? " and unknown at the end" : ""}`;
  return [span, still > 0 && `${still} still so at the end`, unknownSince > 0 && `${unknownSince} unknown at the end`]
    .filter((part) => part !== false)
    .join(", ");
}

function describeNights({ nights: counts }: ReportSummary, nights: readonly PeriodNight[]): string {
  const days = (status: PeriodNight["status"]): string[] => nights.flatMap((night) => (night.status === status ? night.day : []));
  const notes = [
    counts.missed > 0 && `missed: ${formatDayList(days("missed"))}`,
    counts.incomplete > 0 && `incomplete: ${formatDayList(days("incomplete"))}`,
    nights[0]?.status === "before" && `the history begins on ${formatDayInWords(nights.find(({ status }) => status !== "before")!.day)}`,
  ].filter((note) => note !== false);
  const isEarly = nights.every(({ status }) => status === "awaited" || status === "before");
  const what = isEarly
    ? "No run of these days has ended yet"
    : `${counts.complete} of ${counts.expected} ${counts.expected === 1 ? "night" : "nights"} complete`;
  return notes.length === 0 ? what : `${what} (${notes.join("; ")})`;
}
