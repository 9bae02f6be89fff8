import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
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
  return open(path, "shared", (database) => migrateSchema(database, path));
}

/**
 * Opens an existing history file, and never changes a byte of it, not even its schema.
 * @throws SealwatchError `history` or `history-newer`; the message names the file.
 */
export function openDatabaseForReading(path: string): DatabaseSync {
  return open(path, isFixed(path) ? "fixed" : "shared", (database) => {
    database.exec("PRAGMA query_only = ON");
    demandSchema(database, path);
  });
}

/**
 * Whether nobody can write the file here, so that SQLite can neither lock it nor keep its own files beside it. What others have written
 * last may still be in a log beside the file; without it, the file alone would say less than was recorded.
 */
function isFixed(path: string): boolean {
  try {
    for (const place of [path, dirname(path)]) accessSync(place, constants.W_OK);
    return false;
  } catch {
    const log = `${path}-wal`;
    if (!existsSync(log) || statSync(log).size === 0) return true;
    const found = `what was recorded last is in ${log}, which cannot be read without writing`;
    throw new SealwatchError("history", `open the history ${path}: ${found}; copy both files into a directory that you may write`);
  }
}

function open(path: string, manner: "shared" | "fixed", prepare: (database: DatabaseSync) => void): DatabaseSync {
  return translateErrors(path, "open", () => {
    const database =
      manner === "shared"
        ? new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MILLISECONDS })
        : new DatabaseSync(fixedAddress(path), { readOnly: true });
    try {
      prepare(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Nothing is locked, and no log is looked for: https://www.sqlite.org/uri.html#uriimmutable */
function fixedAddress(path: string): URL {
  const address = pathToFileURL(path);
  address.searchParams.set("immutable", "1");
  return address;
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
