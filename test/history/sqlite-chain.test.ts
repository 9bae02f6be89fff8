import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { describeChain } from "./chain-contract.ts";
import type { Tampering } from "./tampering.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";

describeChain("SQLite", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sealwatch-chain-"));
  const path = join(directory, "history.db");
  return { open: () => openSqliteHistory(path), remove: async () => rmSync(directory, { recursive: true }), tampering: tamperWith(path) };
});

function tamperWith(path: string): Tampering {
  const run = async (sql: string, ...values: (string | Uint8Array)[]): Promise<void> => {
    const database = new DatabaseSync(path);
    database.prepare(sql).run(...values);
    database.close();
  };
  return {
    editCoverage: async (id, edit) => {
      const database = new DatabaseSync(path);
      const { coverage } = database.prepare("SELECT coverage FROM run WHERE id = ?").get(id) as { coverage: string };
      database.close();
      await run("UPDATE run SET coverage = ? WHERE id = ?", JSON.stringify(edit(JSON.parse(coverage))), id);
    },
    removeRun: (id) => run("DELETE FROM run WHERE id = ?", id),
    removeLink: (id) => run("UPDATE run SET link = NULL WHERE id = ?", id),
    removeHead: () => run("DELETE FROM chain_head"),
    writeObservation: (repository, seen) =>
      run("INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?)", repository, seen.run, seen.tag, JSON.stringify(seen)),
    removeObservation: (repository, seen) =>
      run("DELETE FROM observation WHERE repository = ? AND run = ? AND tag = ?", repository, seen.run, seen.tag),
    removeChange: (_repository, _run, id) => run("DELETE FROM change WHERE id = ?", id),
    removeEvidence: (digest) => run("DELETE FROM evidence WHERE digest = ?", digest),
    editDocument: (id) => run("UPDATE run_document SET document = ? WHERE id = ?", gzipSync("{}"), id),
    removeDocument: (id) => run("DELETE FROM run_document WHERE id = ?", id),
    forgetChain: async () => {
      for (const sql of ["UPDATE run SET link = NULL", "DELETE FROM chain_head"]) await run(sql);
    },
  };
}
