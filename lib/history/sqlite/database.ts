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
  translateErrors(path, "open", () => createDirectory(dirname(path)));
  return open(path, (database) => migrateSchema(database, path));
}

/**
 * Opens an existing history file, and never changes a byte of it, not even its schema.
 * @throws SealwatchError `history` or `history-newer`; the message names the file.
 */
export function openDatabaseForReading(path: string): DatabaseSync {
  return open(path, (database) => {
    database.exec("PRAGMA query_only = ON");
    demandSchema(database, path);
  });
}

function open(path: string, prepare: (database: DatabaseSync) => void): DatabaseSync {
  return translateErrors(path, "open", () => {
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MILLISECONDS });
    try {
      prepare(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
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
