import { SealwatchError } from "../../oci/sealwatch-error.ts";

/** How long a write waits for another process's write before it gives up. */
export const BUSY_TIMEOUT_MILLISECONDS = 10_000;

const DAMAGED = "it is damaged; restore it from a backup, or move it away to begin a new history";
const BUSY = `another process has been writing to it for more than ${BUSY_TIMEOUT_MILLISECONDS / 1000} seconds; try again when it has ended`;
/** By SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const MEANINGS: ReadonlyMap<number, { readonly meaning: string; readonly retryable: boolean }> = new Map([
  // The queries are right, so the tables are wrong.
  [1, { meaning: DAMAGED, retryable: false }],
  [5, { meaning: BUSY, retryable: true }],
  [8, { meaning: "it may not be written; make the file and its directory writable for this user", retryable: false }],
  [10, { meaning: "the disk failed to read or write it", retryable: true }],
  [11, { meaning: DAMAGED, retryable: false }],
  [13, { meaning: "the disk is full; free some space and run the audit again", retryable: true }],
  [14, { meaning: "it cannot be opened; the path must be a file in a directory that is writable for this user", retryable: false }],
  [26, { meaning: "it is no SQLite file; name another file as history", retryable: false }],
]);

/** Turns an error of SQLite or the file system into a SealwatchError `history` that names the file and a remedy; others stay. */
export function translateError(path: string, operation: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SealwatchError) return error;
  // Values are kept as JSON, so Sealwatch did not write a value that is not JSON.
  const code = error instanceof SyntaxError ? 11 : primaryCode(error);
  if (code === null && !("syscall" in error)) return error;
  const { meaning, retryable } = MEANINGS.get(code ?? -1) ?? { meaning: error.message, retryable: false };
  return new SealwatchError("history", `${operation} the history ${path}: ${meaning}`, { cause: error, retryable });
}

/** Runs `work`, and translates its error. */
export function translateErrors<T>(path: string, operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateError(path, operation, error);
  }
}

/** Returns the low byte of SQLite's extended result code, or null if the error is not SQLite's. */
function primaryCode(error: Error): number | null {
  return "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : null;
}
