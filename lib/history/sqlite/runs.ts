import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { packPieces, unpackText } from "../stored/pack-text.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { prepareLink } from "./chain.ts";
import { inTransaction } from "./transaction.ts";
import { readRun } from "./read-rows.ts";
import { readBytes } from "./row.ts";
import type { RunId } from "../state.ts";
import type { RunRecord } from "../run-record.ts";
import { DOCUMENTS_KEPT, type RunStore } from "../store.ts";

/** The runs of a SQLite history. */
export function openRuns(database: DatabaseSync): Unwrapped<RunStore> {
  const insert = database.prepare(
    "INSERT OR IGNORE INTO run SELECT ?, 'open', ?, NULL, 0, ?, '[]', NULL, NULL, NULL, coalesce(max(number), 0) + 1 FROM run",
  );
  const insertDocument = database.prepare("INSERT OR IGNORE INTO run_document VALUES (?, ?)");
  const selectDocument = database.prepare("SELECT document FROM run_document WHERE id = ?");
  const dropDocuments = database.prepare(
    "DELETE FROM run_document WHERE id NOT IN (SELECT id FROM run_document JOIN run USING (id) ORDER BY number DESC LIMIT ?)",
  );
  const select = database.prepare("SELECT * FROM run WHERE id = ?");
  const newest = database.prepare("SELECT * FROM run ORDER BY number DESC LIMIT ?");
  const older = database.prepare("SELECT * FROM run WHERE number < ? ORDER BY number DESC LIMIT ?");
  const earlier = database.prepare("SELECT * FROM run WHERE id < ? ORDER BY number DESC LIMIT ?");
  const close = database.prepare(
    "UPDATE run SET status = 'closed', finished_at = ?, complete = ?, coverage = ?, watch_list = ?, exit_code = ?, link = ? WHERE id = ? AND status = 'open'",
  );
  const abandon = database.prepare("UPDATE run SET status = 'abandoned' WHERE id = ? AND status = 'open'");
  const appendLink = prepareLink(database);
  const find = (id: RunId): RunRecord | null => {
    const row = select.get(id);
    return row === undefined ? null : readRun(row);
  };
  const load = (id: RunId): RunRecord => {
    const run = find(id);
    if (run === null) throw new SealwatchError("internal", `load run ${id}: it was never opened`);
    return run;
  };
  return {
    openRun: ({ id, startedAt, partial }) =>
      inTransaction(database, () => {
        insert.run(id, startedAt, Number(partial));
        return load(id);
      }),
    loadRun: find,
    runs: ({ limit, before }) => {
      if (before === undefined) return newest.all(limit).map(readRun);
      const known = find(before);
      return (known === null ? earlier.all(before, limit) : older.all(known.number, limit)).map(readRun);
    },
    closeRun: async ({ document, signs = false, ...closing }) => {
      const packed = await packPieces(document);
      return inTransaction(database, () => {
        const { status, link: _link, ...opened } = load(closing.id);
        if (status === "open") {
          const record = { ...opened, ...closing };
          const link = appendLink(record, packed.digest, signs);
          const { id, finishedAt, complete, coverage, watchList, exitCode } = record;
          close.run(finishedAt, Number(complete), JSON.stringify(coverage), watchList, exitCode, JSON.stringify(link), id);
          insertDocument.run(id, packed.bytes);
        }
        dropDocuments.run(DOCUMENTS_KEPT);
        return load(closing.id);
      });
    },
    loadDocument: (id) => {
      const row = selectDocument.get(id);
      return row === undefined ? null : unpackText(readBytes(row, "document"));
    },
    abandonRun: (id) => void abandon.run(id),
  };
}
