import type { DatabaseSync } from "node:sqlite";
import { packText } from "../stored/pack-text.ts";
import { readNullableText, readText } from "./row.ts";
import type { Finding, Observation, TagState } from "../state.ts";

/**
 * Migrates schema 1, which kept the documents of all runs in their records and had no observations. The state of each tag becomes its first
 * observation, so that the past is known as far back as the tag's verdict goes.
 */
export function migrateFrom1(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE run_document (id TEXT PRIMARY KEY, document BLOB NOT NULL) STRICT;
    CREATE TABLE observation (
      repository TEXT NOT NULL, run TEXT NOT NULL, tag TEXT NOT NULL, observation TEXT NOT NULL, PRIMARY KEY (repository, run, tag)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE pending_change ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN watch_list TEXT;
    ALTER TABLE finding ADD COLUMN closed_at TEXT;
  `);
  moveDocuments(database);
  observeStates(database);
  completeFindings(database);
}

/**
 * Migrates schema 2, which had no chain of runs. What is there stays outside the chain: nobody knows whether it is still as it was written.
 */
export function migrateFrom2(database: DatabaseSync): void {
  database.exec(`
    ALTER TABLE run ADD COLUMN link TEXT;
    CREATE TABLE chain_head (id INTEGER PRIMARY KEY CHECK (id = 1), head TEXT NOT NULL) STRICT;
    CREATE TABLE chain_signature (position INTEGER PRIMARY KEY, signature TEXT NOT NULL) STRICT;
    CREATE TABLE unchained (name TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `);
}

/**
 * Migrates schema 3, which ordered runs by their ids, and which listed what no link covered yet. The runs get numbers in the order of their
 * ids. The next link covers whatever it finds, whether it was in that list or not.
 */
export function migrateFrom3(database: DatabaseSync): void {
  database.exec(`
    ALTER TABLE run ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    UPDATE run SET number = ranked.number FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM run) AS ranked WHERE run.id = ranked.id;
    CREATE UNIQUE INDEX run_by_number ON run (number);
    ALTER TABLE repository_state ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tag_state ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE finding ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    UPDATE repository_state SET number = coalesce((SELECT number FROM run WHERE id = repository_state.run), 0);
    UPDATE tag_state SET number = coalesce((SELECT number FROM run WHERE id = tag_state.run), 0);
    CREATE INDEX repository_state_by_number ON repository_state (number);
    CREATE INDEX tag_state_by_number ON tag_state (number);
    CREATE INDEX finding_by_number ON finding (number);
    DROP TABLE unchained;
  `);
}

function moveDocuments(database: DatabaseSync): void {
  const insert = database.prepare("INSERT INTO run_document VALUES (?, ?)");
  for (const row of database.prepare("SELECT id, document FROM run WHERE document IS NOT NULL").all())
    insert.run(readText(row, "id"), packText(readText(row, "document")));
  // Columns by name, because their order in this table differs from that in a new one.
  database.exec(`
    ALTER TABLE run DROP COLUMN document;
    CREATE TABLE run_copy (
      id TEXT PRIMARY KEY, status TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, complete INTEGER NOT NULL,
      partial INTEGER NOT NULL, coverage TEXT NOT NULL, watch_list TEXT, exit_code INTEGER
    ) STRICT;
    INSERT INTO run_copy SELECT id, status, started_at, finished_at, complete, partial, coverage, watch_list, exit_code FROM run;
    DROP TABLE run;
    ALTER TABLE run_copy RENAME TO run;
  `);
}

function observeStates(database: DatabaseSync): void {
  const insert = database.prepare("INSERT INTO observation VALUES (?, ?, ?, ?)");
  for (const row of database.prepare("SELECT repository, state FROM tag_state").all()) {
    const state: TagState = JSON.parse(readText(row, "state"));
    const observation = observe(state);
    insert.run(readText(row, "repository"), observation.run, observation.tag, JSON.stringify(observation));
  }
}

function observe({ tag, timeline, shown, last, removedSince }: TagState): Observation {
  const gone = removedSince !== null;
  const judged = last?.verdict === shown.verdict ? last : null;
  return {
    run: removedSince ?? shown.since,
    tag,
    digest: timeline.at(-1)?.digest ?? null,
    verdict: gone ? null : shown.verdict,
    reason: gone ? null : shown.reason,
    signers: gone ? [] : (judged?.signers ?? []),
    artifacts: gone ? [] : (judged?.artifacts ?? []),
    policy: null,
    epoch: judged?.epoch ?? "",
    exemption: null,
  };
}

function completeFindings(database: DatabaseSync): void {
  const update = database.prepare("UPDATE finding SET closed_at = ?, finding = ? WHERE id = ?");
  for (const row of database.prepare("SELECT id, finding FROM finding").all()) {
    const finding: Finding = { flapping: null, goneSince: null, told: {}, ...JSON.parse(readText(row, "finding")) };
    update.run(finding.resolvedAt, JSON.stringify(finding), readNullableText(row, "id"));
  }
  const change = database.prepare("UPDATE outbox SET entry = ? WHERE id = ?");
  for (const row of database.prepare("SELECT id, entry FROM outbox WHERE sent_at IS NULL").all())
    change.run(JSON.stringify({ summary: null, ...JSON.parse(readText(row, "entry")) }), readText(row, "id"));
}
