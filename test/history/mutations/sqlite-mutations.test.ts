import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyObject } from "node:crypto";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyChain, type ChainReport } from "../../../lib/history/chain/verify-chain.ts";
import type { NotedHead } from "../../../lib/history/chain/verify-head.ts";
import { openSqliteHistory } from "../../../lib/history/sqlite/store.ts";
import { changesOf } from "./change-values.ts";
import { isFound, playHistory } from "./play-history.ts";

type Row = Record<string, SQLInputValue>;

/**
 * What a link covers, by table, with the columns that are no part of what was recorded: they only help to find rows, and what they say is
 * in the row as well. README.md of lib/history lists what no link covers.
 */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  run: [],
  chain_head: [],
  chain_signature: ["position"],
  repository_state: ["run"],
  tag_state: ["run"],
  pending_change: ["id", "run", "tag", "repository", "held"],
  change: ["id"],
  observation: [],
  finding: ["version", "opened_at", "closed_at", "number"],
};
const KEPT_FOR_A_WHILE = "run_document";

const own: { directory: string; path: string; key?: KeyObject } = { directory: "", path: "" };
beforeAll(async () => {
  own.directory = mkdtempSync(join(tmpdir(), "sealwatch-mutations-"));
  own.path = join(own.directory, "history.db");
  const store = openSqliteHistory(own.path);
  own.key = await playHistory(store);
  await store.close();
});
afterAll(() => rmSync(own.directory, { recursive: true }));

/** Rows of tables without a rowid are found by their key. */
function listRows(table: string): { readonly row: Row; readonly where: string }[] {
  const database = new DatabaseSync(own.path);
  const keys = database
    .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0`)
    .all()
    .map(({ name }) => String(name));
  const rows = database.prepare(`SELECT * FROM ${table}`).all() as Row[];
  database.close();
  const quote = (value: SQLInputValue | undefined): string =>
    typeof value === "string"
      ? `'${value.replaceAll("'", "''")}'`
      : value instanceof Uint8Array
        ? `x'${Buffer.from(value).toString("hex")}'`
        : JSON.stringify(value);
  return rows.map((row) => ({ row, where: keys.map((key) => `${key} = ${quote(row[key])}`).join(" AND ") }));
}

/** Makes the chain's last link again over what is there now, as this program would. `dropped` is whether the run is dropped instead. */
async function makeEndAgain(path: string, { dropped }: { readonly dropped: boolean }): Promise<void> {
  const database = new DatabaseSync(path);
  const [last, before] = database.prepare("SELECT * FROM run ORDER BY number DESC LIMIT 2").all() as Row[];
  const id = last!["id"] as string;
  const { position, hash, roll } = JSON.parse(before!["link"] as string);
  database.prepare("UPDATE chain_head SET head = ?").run(JSON.stringify({ position, run: before!["id"]!, hash, roll }));
  database.exec("DELETE FROM chain_signature WHERE position = 5");
  if (dropped) {
    for (const table of ["tag_state", "pending_change", "observation"]) database.prepare(`DELETE FROM ${table} WHERE run = ?`).run(id);
    database.prepare("DELETE FROM run WHERE id = ?").run(id);
  } else database.prepare("UPDATE run SET status = 'open', link = NULL WHERE id = ?").run(id);
  database.close();
  if (dropped) return;
  const store = openSqliteHistory(path);
  await store.closeRun({ id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0, signs: true });
  await store.close();
}

async function verifyCopy(tamper: (path: string) => Promise<void>, heads: readonly NotedHead[] = []): Promise<ChainReport["fault"]> {
  const path = join(own.directory, "tampered.db");
  copyFileSync(own.path, path);
  await tamper(path);
  const store = openSqliteHistory(path);
  const { fault } = await verifyChain(store, { key: own.key!, heads });
  await store.close();
  return fault;
}

async function findsAfter(tamper: (database: DatabaseSync) => void): Promise<boolean> {
  const path = join(own.directory, "tampered.db");
  copyFileSync(own.path, path);
  const database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF");
  tamper(database);
  database.close();
  const store = openSqliteHistory(path);
  const found = await isFound(store, own.key!);
  await store.close();
  return found;
}

describe("a SQLite history that somebody changes who has no key", () => {
  it("is whole before that, with something in every table", async () => {
    for (const table of [...Object.keys(COVERED), KEPT_FOR_A_WHILE]) expect([table, listRows(table).length > 0]).toEqual([table, true]);
    const store = openSqliteHistory(own.path);
    expect(await verifyChain(store, { key: own.key! })).toMatchObject({ fault: null, waiting: 0, signed: true, runs: 5 });
    await store.close();
  });

  it.each(Object.keys(COVERED))("shows each row of %s that is gone", async (table) => {
    for (const { where } of listRows(table))
      expect([where, await findsAfter((database) => database.exec(`DELETE FROM ${table} WHERE ${where}`))]).toEqual([where, true]);
  });

  it.each(Object.keys(COVERED))("shows each value of %s that is another", async (table) => {
    const unseen: string[] = [];
    for (const { row, where } of listRows(table))
      for (const [column, value] of Object.entries(row)) {
        if (COVERED[table]!.includes(column)) continue;
        for (const [what, changed] of changesOf(value)) {
          let isRefused = false;
          const found = await findsAfter((database) => {
            try {
              database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`).run(changed);
            } catch {
              isRefused = true;
            }
          });
          if (!found && !isRefused) unseen.push(`${column}${what} of ${where}`);
        }
      }
    expect(unseen).toEqual([]);
  });

  it.each(["repository_state", "tag_state", "pending_change", "change", "observation", "finding"])(
    "shows a row of %s that was added",
    async (table) => {
      const unseen: string[] = [];
      for (const { row, where } of listRows(table)) {
        const columns = Object.keys(row);
        const values = columns.map((column) => rename(column, row[column]!));
        const added = await findsAfter(
          (database) =>
            void database
              .prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`)
              .run(...values),
        );
        if (!added) unseen.push(where);
      }
      expect(unseen).toEqual([]);
    },
  );

  it.each(Object.keys(COVERED))("shows two rows of %s that change places", async (table) => {
    const [first, second] = listRows(table);
    const columns = Object.keys(first?.row ?? {}).filter((column) =>
      ["link", "state", "change", "observation", "finding"].includes(column),
    );
    if (second === undefined || columns.length === 0) return;
    const [column] = columns;
    const found = await findsAfter((database) => {
      const write = (where: string, value: SQLInputValue): void =>
        void database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where}`).run(value);
      write(first!.where, second.row[column!]!);
      write(second.where, first!.row[column!]!);
    });
    expect(found).toBe(true);
  });

  it("shows an end that was made anew over something else, with its signature gone or still there", async () => {
    const forge = async (path: string): Promise<void> => {
      const database = new DatabaseSync(path);
      database.exec("UPDATE tag_state SET state = json_set(state, '$.baseline', json('true')) WHERE tag = 'v9.9.9'");
      database.close();
      await makeEndAgain(path, { dropped: false });
    };
    expect(await verifyCopy(forge)).toMatchObject({ kind: "missing", detail: expect.stringContaining("no signature over its hash") });
    const [signature] = listRows("chain_signature").slice(-1);
    const signed = async (path: string): Promise<void> => {
      await forge(path);
      const database = new DatabaseSync(path);
      database.prepare("INSERT INTO chain_signature VALUES (?, ?)").run(5, signature!.row["signature"]!);
      database.close();
    };
    expect(await verifyCopy(signed)).toMatchObject({ kind: "changed", detail: expect.stringContaining("another hash was signed") });
  });

  it("shows an end that is gone, with its signature, to whoever has a head at hand, and to nobody else", async () => {
    const store = openSqliteHistory(own.path);
    const { position, run, hash } = (await store.chainHead())!;
    await store.close();
    const drop = (path: string): Promise<void> => makeEndAgain(path, { dropped: true });
    expect(await verifyCopy(drop)).toBeNull();
    expect(await verifyCopy(drop, [{ position, run, hash }])).toMatchObject({
      run,
      kind: "missing",
      detail: expect.stringContaining("its end is gone"),
    });
    expect(await verifyCopy(() => Promise.resolve(), [{ position, run, hash }])).toBeNull();
    const [first] = listRows("run");
    const link = JSON.parse(first!.row["link"] as string);
    expect(await verifyCopy(() => Promise.resolve(), [{ position: 1, run, hash: link.hash }])).toBeNull();
    expect(await verifyCopy(() => Promise.resolve(), [{ position: 1, run, hash }])).toMatchObject({ kind: "changed" });
  });

  it("shows a document that is another", async () => {
    for (const { row, where } of listRows(KEPT_FOR_A_WHILE)) {
      const found = await findsAfter(
        (database) => void database.prepare(`UPDATE run_document SET document = ? WHERE ${where}`).run(changesOf(row["document"]!)[0]![1]),
      );
      expect([where, found]).toEqual([where, true]);
    }
  });
});

/** The copy of a row has another key, and its content says the same key. */
function rename(column: string, value: SQLInputValue): SQLInputValue {
  if (typeof value !== "string") return value;
  if (column === "id") return `${value.slice(0, -1)}${value.endsWith("0") ? "1" : "0"}`;
  if (column === "repository" || column === "tag") return `${value}x`;
  if (column === "state")
    return JSON.stringify({ ...JSON.parse(value), ...(value.includes('"tag":') && { tag: `${JSON.parse(value).tag}x` }) });
  if (column === "observation") return JSON.stringify({ ...JSON.parse(value), tag: `${JSON.parse(value).tag}x` });
  if (column === "change" || column === "finding") {
    const content = JSON.parse(value);
    return JSON.stringify({
      ...content,
      id: rename("id", content.id),
      repository: column === "change" ? `${content.repository}x` : content.repository,
    });
  }
  return value;
}
