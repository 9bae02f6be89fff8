/** A ReportPort stores scheduled reports, each month in a location of its own. */
export interface ReportPort {
  /** Saves a file of a month (`2026-10`) completely or not at all. Rejects with the reason if it cannot be written. */
  save(month: string, file: string, text: string | Iterable<string>): Promise<void>;
  /** Returns the location of a month's files, for people. */
  addressOf(month: string): string;
}
