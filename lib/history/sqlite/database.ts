import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { BUSY_TIMEOUT_MILLISECONDS, translateErrors } from "./errors.ts";
import { demandSchema, migrateSchema } from "./schema.ts";

const DEFAULT_DIRECTORY = ".sealwatch";

/**
 * Opens (or creates) a history file, with its schema.
 *
 * It creates only the directory `.sealwatch`. If another directory is missing, for example because a volume is not mounted, creating it
 * would begin a new history, and no regression against the old one would ever be seen.
 * Synchronous FULL: a commit is on disk before anybody is told of it, so that a power failure does not make it told twice.
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
 * Opens an existing history file, and never changes a byte of it, not even its schema.
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

/** Runs `work` in one transaction that takes the write lock at once, so that what it reads still holds when it writes. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN IMMEDIATE", work);
}

/** Runs `work` on one state of the file, whatever other processes write meanwhile. */
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
