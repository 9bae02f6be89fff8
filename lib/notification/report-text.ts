import type { ReportFacts } from "../history/report-facts.ts";
import { escapeText } from "../text/escape.ts";
import { fitSubject } from "./finding-subject.ts";
import type { Message } from "./message-entry.ts";

/** Returns `[REPORT] October 2026: 812 of 815 releases in 60 repositories signed; 2 exempt; …`, cut to the length of a subject. */
export function renderReportSubject({ sentence }: ReportFacts): string {
  return fitSubject("[REPORT]", { repository: "", tag: null }, sentence);
}

/** Renders the scheduled reports that were written, oldest first: the first sentence and the location of each. At least one. */
export function renderReports(reports: readonly ReportFacts[]): Message {
  const [first, ...more] = orderReports(reports);
  if (first === undefined) throw new RangeError("a message about reports names at least one");
  const last = more.at(-1);
  const subject =
    last === undefined
      ? renderReportSubject(first)
      : fitSubject("[REPORT]", { repository: "", tag: null }, `${reports.length} months, ${first.month} to ${last.month}`);
  return { subject, text: [subject, ...[first, ...more].flatMap(renderLines), "You are told once."].join("\n") };
}

/** Returns the line of a report in a list: `REPORT October 2026: … Written to …`. */
export function renderReportLine({ sentence, address }: ReportFacts): string {
  return `REPORT ${escapeText(sentence)} Written to ${escapeText(address)}`;
}

/** Sorts reports by month, oldest first. */
export function orderReports(reports: readonly ReportFacts[]): ReportFacts[] {
  return reports.toSorted((left, right) => (left.month < right.month ? -1 : 1));
}

function renderLines({ sentence, address, files }: ReportFacts): string[] {
  return [`What it says: ${escapeText(sentence)}`, `Written to: ${escapeText(address)}`, `  ${escapeText(files.join(", "))}`];
}
