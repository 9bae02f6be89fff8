import type { DatabaseSync } from "node:sqlite";
import { wrapStore } from "../stored/wrap-store.ts";
import { openChain } from "./chain.ts";
import { openChanges } from "./changes.ts";
import { openDatabase, openDatabaseForReading } from "./database.ts";
import { translateError, translateErrors } from "./errors.ts";
import { openEvidence } from "./evidence.ts";
import { openFindings } from "./findings.ts";
import { openOutbox } from "./outbox.ts";
import { openRuns } from "./runs.ts";
import { openStates } from "./states.ts";
import type { HistoryStore } from "../store.ts";

/**
 * Opens a history in one SQLite file, and creates the file if it is missing, and `.sealwatch/` with it. Several processes may have it open:
 * one writes at a time, and the others wait up to 10 s. After the last `close` the history is one file.
 * @throws SealwatchError `history` if the file cannot be used, `history-newer` if a later version wrote it.
 */
export function openSqliteHistory(path: string): HistoryStore {
  return openStore(openDatabase(path), path);
}

/**
 * Opens an existing history file for reading only: not a byte of it changes, and every write fails. The file may be a copy that nobody can
 * write, in a directory that nobody can write.
 * @throws SealwatchError `history` if the file cannot be used or an earlier version wrote it, `history-newer` if a later version did.
 */
export function openSqliteHistoryForReading(path: string): HistoryStore {
  return openStore(openDatabaseForReading(path), path);
}

function openStore(database: DatabaseSync, path: string): HistoryStore {
  const store = translateErrors(path, "open", () => ({
    ...openRuns(database),
    ...openChain(database),
    ...openStates(database),
    ...openChanges(database),
    ...openFindings(database),
    ...openOutbox(database),
    ...openEvidence(database),
    close: () => closeDatabase(database),
  }));
  return wrapStore(store, { prepare: null, translate: (operation, error) => translateError(path, operation, error) });
}

/** The last connection that closes writes the log back into the file and removes it: https://www.sqlite.org/wal.html */
function closeDatabase(database: DatabaseSync): void {
  if (database.isOpen) database.close();
}
