/** Where scheduled reports are kept: each month has a place of its own. */
export interface ReportPort {
  /** Keeps a file of a month (`2026-10`): afterwards it is there whole, or as it was. Rejects with why it cannot be written. */
  save(month: string, file: string, text: string | Iterable<string>): Promise<void>;
  /** Where the files of a month are, for people. */
  addressOf(month: string): string;
}
