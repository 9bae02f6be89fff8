import type { ReportFacts } from "../history/report-facts.ts";
import type { Finding, RunId } from "../history/state.ts";
import type { BaselineSummary } from "./baseline-text.ts";
import type { TextContext } from "./history-option.ts";
import type { StormSummary } from "./storm-text.ts";

/** A MessageEntry is one item of a message. */
export type MessageEntry =
  | { readonly kind: "opened"; readonly finding: Finding }
  | { readonly kind: "recovered"; readonly finding: Finding }
  /** `run` is the run that sends the reminder. */
  | { readonly kind: "reminder"; readonly finding: Finding; readonly run: RunId }
  | { readonly kind: "baseline"; readonly summary: BaselineSummary }
  | { readonly kind: "storm"; readonly storm: StormSummary }
  | { readonly kind: "report"; readonly report: ReportFacts };

/** The context that a message needs beyond its entries. */
export interface MessageContext extends TextContext {
  /** The newest run that has an entry in the message. */
  readonly id: RunId;
  /** The oldest one, if the channel did not take earlier messages; otherwise the same. */
  readonly since: RunId;
  /** The time until an open finding is sent to the channel again; null means never. */
  readonly remindSeconds: number | null;
}

/** `subject` has at most 100 ASCII characters. `text` is plain, begins with the subject and has no line feed at its end. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}
