import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import { inTransaction } from "./sqlite-database.ts";
import { readInteger, readNullableInteger, readNullableText, readText, type Row } from "./sqlite-row.ts";
import type { RunId, RunRecord } from "./state.ts";
import type { HistoryStore } from "./store.ts";

/** The runs of a SQLite history. Ids are ISO times of one form, so that their order as text is their order in time. */
export function openRuns(database: DatabaseSync): SynchronousRuns {
  const insert = database.prepare("INSERT OR IGNORE INTO run VALUES (?, 'open', ?, NULL, 0, ?, '[]', NULL, NULL)");
  const select = database.prepare("SELECT * FROM run WHERE id = ?");
  const newest = database.prepare("SELECT * FROM run WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?");
  const close = database.prepare(
    "UPDATE run SET status = 'closed', finished_at = ?, complete = ?, coverage = ?, document = ?, exit_code = ? WHERE id = ? AND status = 'open'",
  );
  const abandon = database.prepare("UPDATE run SET status = 'abandoned' WHERE id = ? AND status = 'open'");
  const load = (id: RunId): RunRecord => {
    const row = select.get(id);
    if (row === undefined) throw new SealwatchError("internal", `load run ${id}: it was never opened`);
    return readRun(row);
  };
  return {
    openRun: ({ id, startedAt, partial }) =>
      inTransaction(database, () => {
        insert.run(id, startedAt, Number(partial));
        return load(id);
      }),
    runs: ({ limit, before = null }) => newest.all(before, before, limit).map(readRun),
    closeRun: ({ id, finishedAt, complete, coverage, document, exitCode }) =>
      inTransaction(database, () => {
        close.run(finishedAt, Number(complete), JSON.stringify(coverage), document, exitCode, id);
        return load(id);
      }),
    abandonRun: (id) => void abandon.run(id),
  };
}

interface SynchronousRuns {
  openRun(...options: Parameters<HistoryStore["openRun"]>): RunRecord;
  runs(...options: Parameters<HistoryStore["runs"]>): RunRecord[];
  closeRun(...options: Parameters<HistoryStore["closeRun"]>): RunRecord;
  abandonRun(id: RunId): void;
}

function readRun(row: Row): RunRecord {
  return {
    id: readText(row, "id"),
    status: readStatus(row),
    startedAt: readText(row, "started_at"),
    finishedAt: readNullableText(row, "finished_at"),
    complete: readInteger(row, "complete") === 1,
    partial: readInteger(row, "partial") === 1,
    coverage: JSON.parse(readText(row, "coverage")),
    document: readNullableText(row, "document"),
    exitCode: readNullableInteger(row, "exit_code"),
  };
}

function readStatus(row: Row): RunRecord["status"] {
  const status = readText(row, "status");
  return status === "closed" || status === "abandoned" ? status : "open";
}
