import type { ReportFacts } from "../history/report-facts.ts";
import type { Finding, RunId } from "../history/state.ts";
import type { BaselineSummary } from "./baseline-text.ts";
import type { TextContext } from "./finding-text.ts";
import type { StormSummary } from "./storm-text.ts";

/** One thing to tell. */
export type MessageEntry =
  | { readonly kind: "opened"; readonly finding: Finding }
  | { readonly kind: "recovered"; readonly finding: Finding }
  /** `run`: the run that reminds. */
  | { readonly kind: "reminder"; readonly finding: Finding; readonly run: RunId }
  | { readonly kind: "baseline"; readonly summary: BaselineSummary }
  | { readonly kind: "storm"; readonly storm: StormSummary }
  | { readonly kind: "report"; readonly report: ReportFacts };

/** What a message needs to know beyond its entries. */
export interface MessageContext extends TextContext {
  /** The newest run that has something to tell in it. */
  readonly id: RunId;
  /** The oldest one, where the channel did not take earlier messages; else the same. */
  readonly since: RunId;
  /** After how long the channel is told again of what is still open; null: never. */
  readonly remindSeconds: number | null;
}

/** `subject`: at most 100 ASCII characters; `text`: plain, its first line is the subject, without a line feed at its end. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}
