import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { migrateFrom1, migrateFrom2, migrateFrom3 } from "./migration.ts";
import { inTransaction } from "./transaction.ts";

/** "SEAL" in ASCII, in the header of the file: https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION_ID = 0x5345414c;
/** Increases with every change of the tables below. */
const SCHEMA_VERSION = 4;

/** Values are kept as JSON, beside the columns that a query or a condition needs. */
const SCHEMA = `
  CREATE TABLE run (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, complete INTEGER NOT NULL,
    partial INTEGER NOT NULL, coverage TEXT NOT NULL, watch_list TEXT, exit_code INTEGER, link TEXT, number INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX run_by_number ON run (number);
  CREATE TABLE chain_head (id INTEGER PRIMARY KEY CHECK (id = 1), head TEXT NOT NULL) STRICT;
  CREATE TABLE chain_signature (position INTEGER PRIMARY KEY, signature TEXT NOT NULL) STRICT;
  CREATE TABLE run_document (id TEXT PRIMARY KEY, document BLOB NOT NULL) STRICT;
  CREATE TABLE repository_state (
    repository TEXT PRIMARY KEY, version INTEGER NOT NULL, run TEXT NOT NULL, state TEXT NOT NULL, number INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX repository_state_by_number ON repository_state (number);
  CREATE TABLE tag_state (
    repository TEXT NOT NULL, tag TEXT NOT NULL, version INTEGER NOT NULL, run TEXT NOT NULL, state TEXT NOT NULL,
    number INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repository, tag)
  ) STRICT;
  CREATE INDEX tag_state_by_number ON tag_state (number);
  CREATE TABLE pending_change (
    id TEXT PRIMARY KEY, repository TEXT NOT NULL, tag TEXT, run TEXT NOT NULL, change TEXT NOT NULL, held INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX pending_change_by_repository ON pending_change (repository);
  CREATE TABLE change (
    id TEXT PRIMARY KEY, repository TEXT NOT NULL, run TEXT NOT NULL, change TEXT NOT NULL
  ) STRICT;
  CREATE INDEX change_by_repository ON change (repository, run);
  CREATE TABLE observation (
    repository TEXT NOT NULL, run TEXT NOT NULL, tag TEXT NOT NULL, observation TEXT NOT NULL, PRIMARY KEY (repository, run, tag)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE finding (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, live INTEGER NOT NULL, opened_at TEXT NOT NULL, finding TEXT NOT NULL, closed_at TEXT,
    number INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX finding_by_number ON finding (number);
  CREATE INDEX finding_by_life ON finding (live, opened_at);
  CREATE TABLE outbox (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, sent_at TEXT, claimed_until INTEGER, entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX outbox_unsent ON outbox (run) WHERE sent_at IS NULL;
  CREATE TABLE evidence (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
`;

/**
 * Brings an open file to the tables of this version: an empty file gets them, an older one is migrated, in one transaction.
 * @throws SealwatchError `history-newer` if a later version wrote the file, `history` if it belongs to another program.
 */
export function migrateSchema(database: DatabaseSync, path: string): void {
  if (readVersion(database, path) !== SCHEMA_VERSION) {
    inTransaction(database, () => {
      // Another process may have created or migrated the tables while this one waited for the lock.
      const version = readVersion(database, path);
      if (version === 0) database.exec(SCHEMA);
      if (version === 1) migrateFrom1(database);
      if (version === 1 || version === 2) migrateFrom2(database);
      if (version > 0 && version <= 3) migrateFrom3(database);
      database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    });
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
}

/** Demands the tables of this version, and migrates no older file. @throws SealwatchError if the tables are others. */
export function demandSchema(database: DatabaseSync, path: string): void {
  if (readVersion(database, path) !== SCHEMA_VERSION)
    throw new SealwatchError("history", `open the history ${path}: an earlier Sealwatch wrote it; sealwatch audit brings it up to date`);
}

/** Returns the schema version of the file, or 0 for an empty file. */
function readVersion(database: DatabaseSync, path: string): number {
  const version = readNumber(database, "SELECT user_version AS value FROM pragma_user_version");
  const application = readNumber(database, "SELECT application_id AS value FROM pragma_application_id");
  const tables = readNumber(database, "SELECT count(*) AS value FROM sqlite_schema");
  if (application === 0 && version === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID) {
    throw new SealwatchError("history", `open the history ${path}: it is the SQLite file of another program; name another file as history`);
  }
  if (version > SCHEMA_VERSION) {
    const found = `it has schema version ${version} and this Sealwatch reads up to ${SCHEMA_VERSION}`;
    throw new SealwatchError("history-newer", `open the history ${path}: ${found}; install the version that wrote it, or a newer one`);
  }
  // A trigger could take out what was to be told, or write something else in place of what a run recorded.
  const foreign = readNumber(database, "SELECT count(*) AS value FROM sqlite_schema WHERE type IN ('trigger', 'view')");
  if (foreign > 0)
    throw new SealwatchError(
      "history",
      `open the history ${path}: somebody added triggers or views to it, which change what is written; find out who, and drop them`,
    );
  return version;
}

function readNumber(database: DatabaseSync, query: string): number {
  return Number(database.prepare(query).get()?.["value"] ?? 0);
}
