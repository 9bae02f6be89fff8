import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { demandSchema, migrateSchema } from "./schema.ts";

/** How long a write waits for another process's before it gives up. */
const BUSY_TIMEOUT_MILLISECONDS = 10_000;
const DEFAULT_DIRECTORY = ".sealwatch";

/**
 * Opens (or creates) a history file, with its schema.
 *
 * Only the directory `.sealwatch` is created: in another that is missing (a volume that is not mounted) a new history
 * would begin, and no regression against the old one would ever be seen.
 * Synchronous FULL: a commit is on disk before anybody is told of it, so a power failure does not tell it twice.
 * @throws SealwatchError `history` or `history-newer`; the message names the file.
 */
export function openDatabase(path: string): DatabaseSync {
  return translateErrors(path, "open", () => {
    createDirectory(dirname(path));
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MILLISECONDS });
    try {
      migrateSchema(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Opens a history file that is there, and never changes a byte of it: not even its schema.
 * @throws SealwatchError `history` or `history-newer`; the message names the file.
 */
export function openDatabaseForReading(path: string): DatabaseSync {
  return translateErrors(path, "open", () => {
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MILLISECONDS });
    try {
      database.exec("PRAGMA query_only = ON");
      demandSchema(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Runs `work` in one transaction that takes the write lock at once, so that what it reads is still so when it writes. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN IMMEDIATE", work);
}

/** Runs `work` over one state of the file, whatever other processes write meanwhile. */
export function inSnapshot<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN", work);
}

function within<T>(database: DatabaseSync, begin: string, work: () => T): T {
  database.exec(begin);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk or a lost connection has rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function createDirectory(directory: string): void {
  if (existsSync(directory)) return;
  if (basename(directory) !== DEFAULT_DIRECTORY || !existsSync(dirname(directory))) {
    throw new SealwatchError(
      "history",
      `open the history: the directory ${directory} does not exist; create it, or name a history in another one`,
    );
  }
  mkdirSync(directory, { recursive: true });
}

const DAMAGED = "it is damaged; restore it from a backup, or move it away to begin a new history";
/** By SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const MEANINGS: ReadonlyMap<number, { readonly meaning: string; readonly retryable: boolean }> = new Map([
  // The queries are right, so the tables are not.
  [1, { meaning: DAMAGED, retryable: false }],
  [
    5,
    {
      meaning: `another process has been writing to it for more than ${BUSY_TIMEOUT_MILLISECONDS / 1000} seconds; try again when it has ended`,
      retryable: true,
    },
  ],
  [8, { meaning: "it may not be written; make the file and its directory writable for this user", retryable: false }],
  [10, { meaning: "the disk failed to read or write it", retryable: true }],
  [11, { meaning: DAMAGED, retryable: false }],
  [13, { meaning: "the disk is full; free some space and run the audit again", retryable: true }],
  [14, { meaning: "it cannot be opened; the path must be a file in a directory that is writable for this user", retryable: false }],
  [26, { meaning: "it is no SQLite file; name another file as history", retryable: false }],
]);

/** Runs `work` and turns what SQLite or the file system throws into a SealwatchError `history` that names the file and a remedy. */
export function translateErrors<T>(path: string, operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof SealwatchError) throw error;
    // Values are kept as JSON: text that is none was not written by us.
    const code = error instanceof SyntaxError ? 11 : primaryCode(error);
    const isSystemError = "syscall" in error;
    if (code === null && !isSystemError) throw error;
    const { meaning, retryable } = MEANINGS.get(code ?? -1) ?? { meaning: error.message, retryable: false };
    throw new SealwatchError("history", `${operation} the history ${path}: ${meaning}`, { cause: error, retryable });
  }
}

/** The low byte of SQLite's extended result code, or null for an error of something else. */
function primaryCode(error: Error): number | null {
  return "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : null;
}
