/** A scheduled report that was written: what is told of it. */
export interface ReportFacts {
  /** `2026-10`. */
  readonly month: string;
  /** Its first sentence. */
  readonly sentence: string;
  /** Where its files are, for people: a folder or an address. */
  readonly address: string;
  /** Names of its files there. */
  readonly files: readonly string[];
  /** Names of the channels that are told; null among them: whoever hears notices. */
  readonly notify: readonly (string | null)[];
}
