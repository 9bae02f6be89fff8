import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Digest } from "../../oci/digest.ts";
import { readCoverage, readLink } from "../stored/damaged-record.ts";
import { packPieces, unpackText } from "../stored/pack-text.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { prepareLink } from "./chain.ts";
import { inTransaction } from "./transaction.ts";
import { readBytes, readInteger, readNullableInteger, readNullableText, readText, type Row } from "./row.ts";
import type { RunId } from "../state.ts";
import type { RunRecord } from "../run-record.ts";
import { DOCUMENTS_KEPT, type RunStore } from "../store.ts";

/** The runs of a SQLite history. Their ids are ISO times of one form, so that the order of the texts is the order of the times. */
export function openRuns(database: DatabaseSync): Unwrapped<RunStore> {
  const insert = database.prepare("INSERT OR IGNORE INTO run VALUES (?, 'open', ?, NULL, 0, ?, '[]', NULL, NULL, NULL)");
  const insertDocument = database.prepare("INSERT OR IGNORE INTO run_document VALUES (?, ?)");
  const selectDocument = database.prepare("SELECT document FROM run_document WHERE id = ?");
  const dropDocuments = database.prepare("DELETE FROM run_document WHERE id NOT IN (SELECT id FROM run_document ORDER BY id DESC LIMIT ?)");
  const select = database.prepare("SELECT * FROM run WHERE id = ?");
  const newest = database.prepare("SELECT * FROM run WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?");
  const close = database.prepare(
    "UPDATE run SET status = 'closed', finished_at = ?, complete = ?, coverage = ?, watch_list = ?, exit_code = ?, link = ? WHERE id = ? AND status = 'open'",
  );
  const abandon = database.prepare("UPDATE run SET status = 'abandoned' WHERE id = ? AND status = 'open'");
  const appendLink = prepareLink(database);
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
    closeRun: async ({ document, ...closing }) => {
      const packed = await packPieces(document);
      return inTransaction(database, () => {
        const { status, link: _link, ...opened } = load(closing.id);
        if (status === "open") {
          const record = { ...opened, ...closing };
          const link = appendLink(record, packed.digest);
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

function readRun(row: Row): RunRecord {
  const [id, link] = [readText(row, "id"), readNullableText(row, "link")];
  return {
    id,
    status: readStatus(row),
    startedAt: readText(row, "started_at"),
    finishedAt: readNullableText(row, "finished_at"),
    complete: readInteger(row, "complete") === 1,
    partial: readInteger(row, "partial") === 1,
    coverage: readCoverage(() => readText(row, "coverage"), id),
    watchList: readNullableText(row, "watch_list") as Digest | null,
    exitCode: readNullableInteger(row, "exit_code"),
    link: link === null ? null : readLink(link, id),
  };
}

function readStatus(row: Row): RunRecord["status"] {
  const status = readText(row, "status");
  return status === "closed" || status === "abandoned" ? status : "open";
}
