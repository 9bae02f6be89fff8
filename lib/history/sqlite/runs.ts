import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { Digest } from "../../oci/digest.ts";
import { readCoverage, readLink } from "../stored/damaged-record.ts";
import type { HeadSignature } from "../chain/head-signature.ts";
import { unpackText, type PackedText } from "../stored/pack-text.ts";
import type { ChainHead } from "../chain/run-link.ts";
import { openChain } from "./chain.ts";
import { inTransaction } from "./database.ts";
import { readBytes, readInteger, readNullableInteger, readNullableText, readText, type Row } from "./row.ts";
import type { RunId } from "../state.ts";
import type { RunRecord } from "../run-record.ts";
import { DOCUMENTS_KEPT, type HistoryStore } from "../store.ts";

/** The runs of a SQLite history. Ids are ISO times of one form, so that their order as text is their order in time. */
export function openRuns(database: DatabaseSync): SynchronousRuns {
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
  const chain = openChain(database);
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
    closeRun: ({ packed, ...closing }) =>
      inTransaction(database, () => {
        const { status, link: _link, ...opened } = load(closing.id);
        if (status === "open") {
          const record = { ...opened, ...closing };
          const link = chain.append(record, packed.digest);
          const { id, finishedAt, complete, coverage, watchList, exitCode } = record;
          close.run(finishedAt, Number(complete), JSON.stringify(coverage), watchList, exitCode, JSON.stringify(link), id);
          insertDocument.run(id, packed.bytes);
        }
        dropDocuments.run(DOCUMENTS_KEPT);
        return load(closing.id);
      }),
    chainHead: () => chain.head(),
    unchained: () => new Map(chain.unchained().map(({ name, hash }) => [name, hash])),
    saveHeadSignature: (signature) => chain.saveSignature(signature),
    headSignatures: () => chain.signatures(),
    loadDocument: (id) => {
      const row = selectDocument.get(id);
      return row === undefined ? null : unpackText(readBytes(row, "document"));
    },
    abandonRun: (id) => void abandon.run(id),
  };
}

interface SynchronousRuns {
  openRun(...options: Parameters<HistoryStore["openRun"]>): RunRecord;
  runs(...options: Parameters<HistoryStore["runs"]>): RunRecord[];
  closeRun(run: Omit<Parameters<HistoryStore["closeRun"]>[0], "document"> & { readonly packed: PackedText }): RunRecord;
  chainHead(): ChainHead | null;
  unchained(): ReadonlyMap<string, string>;
  saveHeadSignature(signature: HeadSignature): void;
  headSignatures(): HeadSignature[];
  loadDocument(id: RunId): string | null;
  abandonRun(id: RunId): void;
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
