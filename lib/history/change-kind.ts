/**
 * What a change does to findings:
 * - `opened` opens a finding;
 * - `recovered` resolves the open findings of its tag;
 * - `reversed` resolves an event;
 * - `confirmed` gives the verdict of a move that was told before anybody could judge it, and tells nobody;
 * - `undone` resolves such a move, because the tag is back;
 * - `withdrawn` closes a finding that only a new exemption explains, and tells nobody;
 * - `flipped` closes a finding that only the epoch explains, and counts for the one finding about its policy, as `loosened` does;
 * - `removed` and `returned` are told in reports only;
 * - `baseline`, `storm` and `report` are told as summaries.
 */
export type ChangeKind =
  | "opened"
  | "recovered"
  | "reversed"
  | "confirmed"
  | "undone"
  | "withdrawn"
  | "flipped"
  | "loosened"
  | "removed"
  | "returned"
  | SummaryKind;

/** The kinds of changes that sum something up, and are told without a finding. */
export type SummaryKind = "baseline" | "storm" | "report";
