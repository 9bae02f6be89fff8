import { renderBaseline, renderBaselineSubject } from "./baseline-text.ts";
import { renderRecoveredSubject, renderReminderSubject, renderSubject } from "./finding-subject.ts";
import { renderFinding, renderRecovered, renderReminder } from "./finding-text.ts";
import type { Message, MessageContext, MessageEntry } from "./message-entry.ts";
import { renderList, renderListSubject } from "./message-list.ts";
import { dayOfReminder } from "./reminder-time.ts";
import { renderReports } from "./report-text.ts";
import { renderSameDigest, sameDigestOf } from "./same-digest.ts";
import { renderStorm, renderStormSubject } from "./storm-text.ts";

/**
 * Renders all entries for one channel as one message: a single entry with its full text, several as a list. Findings of several tags of one
 * digest are one entry. The order of the entries does not matter; there must be at least one.
 */
export function renderMessage(run: MessageContext, entries: readonly MessageEntry[]): Message {
  const [only, ...more] = entries;
  if (only === undefined) throw new RangeError("a message has at least one entry");
  if (more.length === 0) return renderEntry(only, run);
  const same = sameDigestOf(entries);
  if (same !== null) return renderSameDigest(same, run);
  const reports = entries.flatMap((entry) => (entry.kind === "report" ? [entry.report] : []));
  if (reports.length === entries.length) return renderReports(reports);
  return { subject: renderListSubject(entries), text: renderList(run, entries) };
}

function renderEntry(entry: MessageEntry, run: MessageContext): Message {
  switch (entry.kind) {
    case "opened": {
      const day = entry.finding.status === "open" ? dayOfReminder(entry.finding.openedAt, run.id, run.remindSeconds) : null;
      return { subject: renderSubject(entry.finding), text: renderFinding(entry.finding, run, day) };
    }
    case "recovered":
      return { subject: renderRecoveredSubject(entry.finding), text: renderRecovered(entry.finding) };
    case "reminder": {
      const next = dayOfReminder(entry.run, run.id, run.remindSeconds);
      return {
        subject: renderReminderSubject(entry.finding, entry.run),
        text: renderReminder(entry.finding, run, { run: entry.run, next }),
      };
    }
    case "baseline":
      return { subject: renderBaselineSubject(entry.summary), text: renderBaseline(entry.summary) };
    case "storm":
      return { subject: renderStormSubject(entry.storm), text: renderStorm(entry.storm, run) };
    case "report":
      return renderReports([entry.report]);
  }
}
