/**
 * What a change does to findings.
 * `opened` opens a finding; `recovered` resolves the open ones of this tag; `reversed` resolves an event;
 * `withdrawn` closes what only a new exemption explains, and tells nobody; `flipped` closes what only the epoch explains and counts for
 * the one finding about its policy, as `loosened` does; `removed` and `returned` are told in reports only, `baseline`, `storm` and
 * `report` as summaries.
 */
export type ChangeKind = "opened" | "recovered" | "reversed" | "withdrawn" | "flipped" | "loosened" | "removed" | "returned" | SummaryKind;

/** What sums something up and is told without a finding. */
export type SummaryKind = "baseline" | "storm" | "report";
