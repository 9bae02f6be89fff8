/** What is told of a scheduled report that was written. */
export interface ReportFacts {
  /** `2026-10`. */
  readonly month: string;
  /** The first sentence of the report. */
  readonly sentence: string;
  /** Where its files are, for people: a folder or an address. */
  readonly address: string;
  /** The names of its files there. */
  readonly files: readonly string[];
  /** The names of the channels that are told. Null stands for all channels that hear notices. */
  readonly notify: readonly (string | null)[];
}
