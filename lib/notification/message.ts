import type { Finding } from "../history/state.ts";
import { renderBaseline, renderBaselineSubject, type BaselineSummary } from "./baseline-text.ts";
import { renderRecoveredSubject, renderSubject } from "./finding-subject.ts";
import { renderFinding, renderRecovered, type TextContext } from "./finding-text.ts";
import { renderList, renderListSubject } from "./message-list.ts";

/** One thing to tell. */
export type MessageEntry =
  | { readonly kind: "opened"; readonly finding: Finding }
  | { readonly kind: "recovered"; readonly finding: Finding }
  | { readonly kind: "baseline"; readonly summary: BaselineSummary };

/** `subject`: at most 100 ASCII characters; `text`: plain, its first line is the subject, without a line feed at its end. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}

/**
 * One message for all that a run has to tell on one channel: one entry with its full text, several as one list.
 * The entries' order does not matter. At least one entry.
 */
export function renderMessage(run: TextContext & { readonly id: string }, entries: readonly MessageEntry[]): Message {
  const [only, ...more] = entries;
  if (only === undefined) throw new RangeError("a message has at least one entry");
  if (more.length > 0) return { subject: renderListSubject(entries), text: renderList(run, entries) };
  switch (only.kind) {
    case "opened":
      return { subject: renderSubject(only.finding), text: renderFinding(only.finding, run) };
    case "recovered":
      return { subject: renderRecoveredSubject(only.finding), text: renderRecovered(only.finding) };
    case "baseline":
      return { subject: renderBaselineSubject(only.summary), text: renderBaseline(only.summary) };
  }
}
