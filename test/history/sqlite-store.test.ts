import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openDatabase } from "../../lib/history/sqlite/database.ts";
import { translateError } from "../../lib/history/sqlite/errors.ts";
import { openRuns } from "../../lib/history/sqlite/runs.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { judgement, NIGHTS, observation, REPOSITORY, SIGNED, tagState } from "./examples.ts";
import { describeHistoryStore } from "./store-contract.ts";

let directory: string;
let path: string;
const rememberedDirectories: string[] = [];

function makeDirectory(): string {
  const made = mkdtempSync(join(tmpdir(), "sealwatch-history-"));
  rememberedDirectories.push(made);
  return made;
}

describeHistoryStore("SQLite", () => {
  const file = join(makeDirectory(), "history.db");
  return {
    open: () => openSqliteHistory(file),
    remove: async () => rmSync(join(file, ".."), { recursive: true }),
  };
});

beforeEach(() => {
  directory = makeDirectory();
  path = join(directory, "history.db");
});
afterEach(() => {
  for (const made of rememberedDirectories.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe("the file of a history", () => {
  it("stands alone after closing, and holds what was written", async () => {
    const store = openSqliteHistory(path);
    await store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
    await store.close();
    expect(readdirSync(directory)).toEqual(["history.db"]);
    const again = openSqliteHistory(path);
    expect((await again.runs({ limit: 9 })).map(({ id }) => id)).toEqual([NIGHTS[0]]);
    await again.close();
  });

  it("stands alone after the last of two handles closed", async () => {
    const [first, second] = [openSqliteHistory(path), openSqliteHistory(path)];
    await first.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
    await first.close();
    expect(await second.runs({ limit: 9 })).toHaveLength(1);
    await second.close();
    expect(readdirSync(directory)).toEqual(["history.db"]);
  });

  it("is created with its directory where that is .sealwatch", async () => {
    const store = openSqliteHistory(join(directory, ".sealwatch", "history.db"));
    await store.close();
    expect(readdirSync(join(directory, ".sealwatch"))).toEqual(["history.db"]);
  });

  it("begins in an empty file", async () => {
    writeFileSync(path, "");
    const store = openSqliteHistory(path);
    expect(await store.runs({ limit: 1 })).toEqual([]);
    await store.close();
  });
});

describe("a history that cannot be used", () => {
  it.each([
    ["a directory that is missing", () => join(directory, "mounted", "history.db"), /the directory \S+mounted does not exist/],
    ["a missing directory above .sealwatch", () => join(directory, "project", ".sealwatch", "history.db"), /does not exist/],
    ["a directory in place of the file", () => directory, /must be a file/],
    ["a file that is no SQLite", () => write("not a database, but long enough to have a header of 100 bytes".repeat(9)), /no SQLite file/],
  ])("says so of %s", (_, prepare, message) => {
    const unusable = prepare();
    expect(() => openSqliteHistory(unusable)).toThrow(
      expect.objectContaining({ code: "history", message: expect.stringMatching(message) }),
    );
    expect(() => openSqliteHistory(unusable)).toThrow(unusable.replace(/\/history\.db$/, ""));
  });

  it("says so of another program's file, and leaves it as it was", () => {
    const foreign = new DatabaseSync(path);
    foreign.exec("CREATE TABLE bookmark (url TEXT)");
    expect(() => openSqliteHistory(path)).toThrow(
      expect.objectContaining({ code: "history", message: expect.stringMatching(/another program/) }),
    );
    expect(foreign.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "bookmark" }]);
    foreign.close();
  });

  it.each(["CREATE TRIGGER mute AFTER INSERT ON outbox BEGIN DELETE FROM outbox; END", "CREATE VIEW gone AS SELECT 1"])(
    "is not opened once somebody ran %s",
    async (sql) => {
      await openSqliteHistory(path).close();
      const writer = new DatabaseSync(path);
      writer.exec(sql);
      writer.close();
      expect(() => openSqliteHistory(path)).toThrow(
        expect.objectContaining({ code: "history", message: expect.stringMatching(/added triggers or views to it/) }),
      );
    },
  );

  it.each([
    ["a table is missing", "DROP TABLE observation"],
    ["an entry is no JSON", "UPDATE observation SET observation = '{bad'"],
    ["an entry is another thing", "UPDATE observation SET observation = '{}'"],
    ["an entry is nothing", "UPDATE observation SET observation = 'null'"],
    ["an entry has lost its signers", "UPDATE observation SET observation = json_remove(observation, '$.signers')"],
    ["a coverage is none", `UPDATE run SET coverage = '[{}]'`],
    ["a finding is nothing", `INSERT INTO finding VALUES ('AAAA0001', 1, 0, '${NIGHTS[2]}', 'null', NULL, 0)`],
    ["a watch list is another", "UPDATE evidence SET bytes = x'00'"],
  ])("says that it is damaged where %s, and never that nothing was recorded", async (_, damage) => {
    const store = openSqliteHistory(path);
    const bytes = new TextEncoder().encode("{}");
    await store.saveEvidence(new Map([[digestOf(bytes), bytes]]));
    await store.openRun({ id: NIGHTS[2], startedAt: NIGHTS[2], partial: false });
    const state = tagState("v1.4.2", judgement(SIGNED), { version: 0, run: NIGHTS[2], observation: observation() });
    await store.record(REPOSITORY, { repository: null, tags: [state] });
    const coverage = [{ repository: REPOSITORY, listed: true, expected: 1, releases: 1, judged: 1, unknown: 0 }];
    const closed = {
      id: NIGHTS[2],
      finishedAt: NIGHTS[2],
      complete: true,
      coverage,
      watchList: digestOf(bytes),
      document: "{}",
      exitCode: 0,
    };
    await store.closeRun(closed);
    await store.close();
    const damaged = new DatabaseSync(path);
    damaged.exec(damage);
    damaged.close();
    const read = async () => loadRecordedHistory(openSqliteHistory(path), { until: NIGHTS[3] });
    await expect(read()).rejects.toMatchObject({
      code: expect.stringMatching(/^history/),
      message: expect.stringMatching(
        /damaged; restore it|not as it was recorded; restore|not what was recorded; restore|not the ones that it names; restore/,
      ),
    });
  });

  it("names both versions and a remedy where a later Sealwatch wrote it", async () => {
    await openSqliteHistory(path).close();
    const later = new DatabaseSync(path);
    later.exec("PRAGMA user_version = 7");
    later.close();
    const message = expect.stringMatching(/history\.db: it has schema version 7 and this Sealwatch reads up to 4; install/);
    expect(() => openSqliteHistory(path)).toThrow(expect.objectContaining({ code: "history-newer", message }));
  });

  it.skipIf(process.getuid?.() === 0)("says so of a file that may not be written", async () => {
    await openSqliteHistory(path).close();
    chmodSync(path, 0o444);
    chmodSync(directory, 0o555);
    expect(() => openSqliteHistory(path)).toThrow(expect.objectContaining({ code: "history" }));
    chmodSync(directory, 0o755);
  });

  it("says so when the disk is full, and what was there stays readable", async () => {
    const database = openDatabase(path);
    const runs = openRuns(database);
    await runs.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
    // The page limit of one connection fails as a full disk does, with SQLITE_FULL.
    database.exec("PRAGMA max_page_count = 40");
    const failure = await Promise.resolve(runs.closeRun(megabytes())).catch((error: unknown) => translateError(path, "write", error));
    expect(failure).toMatchObject({
      code: "history",
      retryable: true,
      message: expect.stringMatching(/^write the history \S+history\.db: the disk is full/),
    });
    expect(await runs.runs({ limit: 1 })).toMatchObject([{ id: NIGHTS[0], status: "open" }]);
    database.exec("PRAGMA max_page_count = 100000");
    expect(await runs.closeRun(megabytes())).toMatchObject({ status: "closed" });
    database.close();
  });
});

describe("two processes on one history", () => {
  it("see only what the other committed, and wait for each other", async () => {
    const writer = new DatabaseSync(path);
    const store = openSqliteHistory(path);
    await store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
    writer.exec("BEGIN IMMEDIATE; DELETE FROM run");
    expect(await store.runs({ limit: 9 })).toHaveLength(1);
    writer.exec("ROLLBACK");
    writer.close();
    await store.openRun({ id: NIGHTS[1], startedAt: NIGHTS[1], partial: false });
    expect(await store.runs({ limit: 9 })).toHaveLength(2);
    await store.close();
  });

  it("read all that was committed after one of them was killed in the middle of writing", async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("write-until-killed.ts", import.meta.url)), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    let committed = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      committed = Number(line);
      if (committed === 40) child.kill("SIGKILL");
    }
    expect((await exited)[1]).toBe("SIGKILL");

    const store = openSqliteHistory(path);
    const { tags } = await store.loadRepository(REPOSITORY);
    const changes = await store.changes(REPOSITORY);
    const pending = await store.pendingChanges();
    expect(committed).toBeGreaterThanOrEqual(40);
    expect(tags.size).toBeGreaterThan(committed);
    expect(changes.length + pending.length).toBe(tags.size);
    expect(await store.findings({ live: true })).toHaveLength(changes.length);
    await store.record(REPOSITORY, { repository: null, tags: [tagState("latest", judgement(SIGNED), { version: 0 })] });
    await store.close();
    expect(readdirSync(directory)).toEqual(["history.db"]);
    const file = new DatabaseSync(path, { readOnly: true });
    expect(file.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    file.close();
  });
});

function write(text: string): string {
  writeFileSync(path, text);
  return path;
}

function megabytes() {
  return {
    id: NIGHTS[0],
    finishedAt: NIGHTS[1],
    complete: true,
    coverage: [],
    watchList: null,
    document: randomBytes(4_000_000).toString("base64"),
    exitCode: 0,
  };
}
