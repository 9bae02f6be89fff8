import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { change, finding, judgement, NIGHTS, REPOSITORY, SIGNED, tagState } from "./examples.ts";

/** The tables of schema 1, as the first version wrote them. */
const SCHEMA_1 = `
  CREATE TABLE run (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, complete INTEGER NOT NULL,
    partial INTEGER NOT NULL, coverage TEXT NOT NULL, document TEXT, exit_code INTEGER
  ) STRICT;
  CREATE TABLE repository_state (
    repository TEXT PRIMARY KEY, version INTEGER NOT NULL, run TEXT NOT NULL, state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE tag_state (
    repository TEXT NOT NULL, tag TEXT NOT NULL, version INTEGER NOT NULL, run TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (repository, tag)
  ) STRICT;
  CREATE TABLE pending_change (
    id TEXT PRIMARY KEY, repository TEXT NOT NULL, tag TEXT, run TEXT NOT NULL, change TEXT NOT NULL
  ) STRICT;
  CREATE INDEX pending_change_by_repository ON pending_change (repository);
  CREATE TABLE change (
    id TEXT PRIMARY KEY, repository TEXT NOT NULL, run TEXT NOT NULL, change TEXT NOT NULL
  ) STRICT;
  CREATE INDEX change_by_repository ON change (repository, run);
  CREATE TABLE finding (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, live INTEGER NOT NULL, opened_at TEXT NOT NULL, finding TEXT NOT NULL
  ) STRICT;
  CREATE INDEX finding_by_life ON finding (live, opened_at);
  CREATE TABLE outbox (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, sent_at TEXT, claimed_until INTEGER, entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX outbox_unsent ON outbox (run) WHERE sent_at IS NULL;
  CREATE TABLE evidence (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  PRAGMA application_id = 1397047628;
  PRAGMA user_version = 1;
`;

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-migration-"));
  path = join(directory, "history.db");
  const database = new DatabaseSync(path);
  database.exec(SCHEMA_1);
  const insert = (table: string, ...values: (string | number | null)[]) =>
    void database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => "?").join(", ")})`).run(...values);
  const { version: _version, pending: _pending, ...state } = tagState("v1.4.1", judgement(SIGNED));
  const gone = { ...state, tag: "v1.0.0", removedSince: NIGHTS[1] };
  insert("tag_state", REPOSITORY, "v1.4.1", 3, NIGHTS[1], JSON.stringify(state));
  insert("tag_state", REPOSITORY, "v1.0.0", 2, NIGHTS[1], JSON.stringify(gone));
  insert("run", NIGHTS[1], "closed", NIGHTS[1], NIGHTS[1], 1, 0, "[]", '{"run":{}}', 1);
  insert("run", NIGHTS[2], "open", NIGHTS[2], null, 0, 1, "[]", null, null);
  insert("pending_change", "change-1", REPOSITORY, "v1.4.2", NIGHTS[2], JSON.stringify(change()));
  const {
    version: _read,
    flapping: _flapping,
    goneSince: _gone,
    told: _told,
    ...kept
  } = finding({ resolvedAt: NIGHTS[1], status: "resolved" });
  insert("finding", kept.id, 4, 0, kept.openedAt, JSON.stringify(kept));
  const entry = { id: "entry", channel: "oncall", run: NIGHTS[1], findingId: kept.id, kind: "opened", sentAt: null };
  insert("outbox", "entry", NIGHTS[1], null, null, JSON.stringify(entry));
  database.close();
});
afterEach(() => rm(directory, { recursive: true }));

describe("a history of schema 1", () => {
  it("is migrated when it is opened, and nothing of it is lost", async () => {
    const store = openSqliteHistory(path);
    expect(await store.loadDocument(NIGHTS[1])).toBe('{"run":{}}');
    expect(await store.runs({ limit: 9 })).toMatchObject([
      { id: NIGHTS[2], number: 2, status: "open", partial: true, watchList: null },
      { id: NIGHTS[1], number: 1, status: "closed", complete: true, exitCode: 1 },
    ]);
    expect((await store.loadRepository(REPOSITORY)).tags.get("v1.4.1")).toEqual(
      tagState("v1.4.1", judgement(SIGNED), { version: 3, number: 1 }),
    );
    expect(await store.pendingChanges()).toEqual([change()]);
    expect(await store.heldChanges()).toEqual(new Set());
    expect(await store.findings({ live: false, closedSince: NIGHTS[1] })).toEqual([
      finding({ version: 4, resolvedAt: NIGHTS[1], status: "resolved" }),
    ]);
    expect(await store.unsentOutbox()).toMatchObject([{ id: "entry", summary: null }]);
    await store.close();
  });

  it("knows from its states since when each release is what it is", async () => {
    const store = openSqliteHistory(path);
    expect(await Array.fromAsync(store.observations(REPOSITORY, {}))).toMatchObject([
      { run: NIGHTS[0], tag: "v1.4.1", verdict: "signed", signers: [{ signer: "ops-key" }] },
      { run: NIGHTS[1], tag: "v1.0.0", verdict: null },
    ]);
    await store.close();
  });

  it("is migrated once, and goes on like a new one", async () => {
    await openSqliteHistory(path).close();
    const store = openSqliteHistory(path);
    await store.openRun({ id: NIGHTS[3], startedAt: NIGHTS[3], partial: false });
    const closing = { id: NIGHTS[3], finishedAt: NIGHTS[3], complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 };
    expect(await store.closeRun(closing)).toMatchObject({ status: "closed", link: { position: 1, before: null } });
    expect(await verifyChain(store)).toMatchObject({ fault: null, runs: 1, unchainedRuns: 1, chainedSince: NIGHTS[3] });
    expect(await store.conclude({ changes: [change()], findings: [finding({ version: 0, id: "NEW00000" })], outbox: [] })).toBe(true);
    await store.close();
  });
});

describe("a history of schema 3, whose runs have a chain and no numbers", () => {
  const restored = (): string => {
    const file = join(directory, "schema-3.db");
    writeFileSync(file, gunzipSync(readFileSync(join(import.meta.dirname, "schema-3.db.gz"))));
    return file;
  };
  const id = "2026-11-03T02:00:00Z";
  const closing = { id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 };

  it("has numbers in the order of its runs, and is as whole as it was", async () => {
    const store = openSqliteHistory(restored());
    expect((await store.runs({ limit: 9 })).map((run) => [run.number, run.id, run.status])).toEqual([
      [3, id, "open"],
      [2, "2026-11-02T02:00:00Z", "closed"],
      [1, "2026-11-01T02:00:00Z", "closed"],
    ]);
    expect(await verifyChain(store)).toMatchObject({ fault: null, runs: 2, unchainedRuns: 0 });
    await store.close();
  });

  it("is covered from its next link on, and a change of what older links cover is found", async () => {
    const file = restored();
    const store = openSqliteHistory(file);
    expect((await store.closeRun(closing)).link).toMatchObject({ position: 3, through: 3, open: [] });
    expect(await verifyChain(store)).toMatchObject({ fault: null, runs: 3, waiting: 0 });
    await store.close();
    const database = new DatabaseSync(file);
    database.exec("UPDATE tag_state SET state = json_set(state, '$.baseline', json('true')) WHERE tag = 'v1.0.0'");
    database.close();
    const again = openSqliteHistory(file);
    expect((await verifyChain(again)).fault).toMatchObject({
      run: id,
      kind: "changed",
      detail: expect.stringMatching(/the state of .*:v1\.0\.0/),
    });
    await again.close();
  });

  it("shows what somebody changed before it was migrated", async () => {
    const file = restored();
    const database = new DatabaseSync(file);
    database.exec("UPDATE observation SET observation = replace(observation, 'unsigned', 'signed') WHERE tag = 'v1.2.0'");
    database.close();
    const store = openSqliteHistory(file);
    await store.closeRun(closing);
    expect((await verifyChain(store)).fault).toMatchObject({ run: "2026-11-02T02:00:00Z", kind: "changed" });
    await store.close();
  });
});
