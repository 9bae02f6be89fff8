import { readCoverage, readLink } from "../stored/damaged-record.ts";
import { digestOf, type Digest } from "../../oci/digest.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { ABSENT, type Action } from "./action.ts";
import { clearMarks, formatHead, loadChainHead, loadUncovered } from "./chain.ts";
import { loadChunks, saveChunks } from "./chunks.ts";
import { saveEvidence } from "./evidence.ts";
import { formatJsonText, formatNumber, formatText, readBytes, readOptionalNumber, readOptionalText, readText, type Item } from "./item.ts";
import { documentPartition, PARTITION, runKey } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import { packPieces, packText, unpackText } from "../stored/pack-text.ts";
import { makeLink, type ClosingRecord } from "../chain/run-link.ts";
import type { RunLink, RunRecord } from "../run-record.ts";
import type { RunId } from "../state.ts";
import type { RunStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";

/** At least as many documents as the port promises, if the history runs every night. DynamoDB removes them by itself. */
const DOCUMENT_KEPT_DAYS = 90;

/** The runs of a history in DynamoDB. */
export function openRuns(table: HistoryTable): Unwrapped<RunStore> {
  return {
    openRun: async ({ id, startedAt, partial }) => {
      const attributes = { status: formatText("open"), startedAt: formatText(startedAt), partial: { BOOL: partial } };
      await table.write({ kind: "put", key: runKey(id), attributes, onlyIf: ABSENT });
      return readRun(await loadRun(table, id));
    },
    runs: async ({ limit, before }) => {
      const found: RunRecord[] = [];
      if (limit <= 0) return found;
      const range = { descending: true, limit, ...(before !== undefined && { before }) };
      for await (const item of table.query(PARTITION.runs, range)) if (found.push(readRun(item)) >= limit) break;
      return found;
    },
    closeRun: (run) => closeRun(table, run),
    loadDocument: async (id) => {
      const item = await table.get(runKey(id));
      const digest = item === null ? null : (readOptionalText(item, "document") as Digest | null);
      if (digest === null) return null;
      const packed = await loadChunks(table, documentPartition(id, digest));
      return packed === null ? null : unpackText(packed);
    },
    abandonRun: async (id) => {
      const values = { ":open": formatText("open"), ":abandoned": formatText("abandoned") };
      await table.write({ kind: "update", key: runKey(id), update: "SET #status = :abandoned", onlyIf: "#status = :open", values });
    },
  };
}

/**
 * The document is written before the run is closed, so that a closed run has one. It lies under its own digest: if two callers close the
 * run, the document of the first stays whole, and that of the other is never read and expires. The run and the head of the chain are
 * written together: if another run was closed meanwhile, the link is made again, behind that run's.
 */
async function closeRun(table: HistoryTable, run: Parameters<RunStore["closeRun"]>[0]): Promise<RunRecord> {
  const found = readRun(await loadRun(table, run.id));
  if (found.status !== "open") return found;
  const { bytes, digest } = await packPieces(run.document);
  const chunks = digestOf(bytes);
  await saveChunks(table, documentPartition(run.id, chunks), bytes, table.expireAfterDays(DOCUMENT_KEPT_DAYS));
  const { document: _document, ...closing } = run;
  const { status: _status, link: _link, ...opened } = found;
  const record = { ...opened, ...closing };
  for (let isLost = true; isLost;) {
    const head = await loadChainHead(table);
    const { left, uncovered } = await loadUncovered(table, head);
    await clearMarks(table, left);
    const made = makeLink(record, digest, uncovered, head);
    if (made.roll !== null) await saveEvidence(table, new Map([[made.roll.digest, made.roll.bytes]]));
    const lost = await table.transact([formatClosing(record, made.link, chunks), formatHead(made.head, head)]);
    isLost = lost.length > 0 && !lost.includes(0);
    if (lost.length === 0) await clearMarks(table, uncovered);
  }
  return readRun(await loadRun(table, run.id));
}

function formatClosing(record: ClosingRecord, link: RunLink, document: Digest): Action {
  const { id, finishedAt, complete, coverage, watchList, exitCode } = record;
  return {
    kind: "update",
    key: runKey(id),
    update:
      "SET #status = :closed, #finishedAt = :finishedAt, #complete = :complete, #coverage = :coverage, #exitCode = :exitCode, #document = :document, #link = :link" +
      (watchList === null ? "" : ", #watchList = :watchList"),
    onlyIf: "#status = :open",
    values: {
      ":open": formatText("open"),
      ":closed": formatText("closed"),
      ":finishedAt": formatText(finishedAt ?? ""),
      ":complete": { BOOL: complete },
      ":coverage": { B: packText(JSON.stringify(coverage)) },
      ":exitCode": formatNumber(exitCode ?? 0),
      ":document": formatText(document),
      ":link": formatJsonText(link),
      ...(watchList !== null && { ":watchList": formatText(watchList) }),
    },
  };
}

async function loadRun(table: HistoryTable, id: RunId): Promise<Item> {
  const item = await table.get(runKey(id));
  if (item === null) throw new SealwatchError("internal", `load run ${id}: it was never opened`);
  return item;
}

function readRun(item: Item): RunRecord {
  const link = readOptionalText(item, "link");
  const [id, status] = [readText(item, "sk"), readText(item, "status")];
  return {
    id,
    status: status === "closed" || status === "abandoned" ? status : "open",
    startedAt: readText(item, "startedAt"),
    finishedAt: readOptionalText(item, "finishedAt"),
    complete: item["complete"]?.BOOL === true,
    partial: item["partial"]?.BOOL === true,
    coverage: item["coverage"] === undefined ? [] : readCoverage(() => unpackText(readBytes(item, "coverage")), id),
    watchList: readOptionalText(item, "watchList") as Digest | null,
    exitCode: readOptionalNumber(item, "exitCode"),
    link: link === null ? null : readLink(link, id),
  };
}
