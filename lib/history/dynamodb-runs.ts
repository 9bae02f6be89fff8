import { digestOf, type Digest } from "../oci/digest.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import { ABSENT } from "./dynamodb-action.ts";
import { loadChunks, saveChunks } from "./dynamodb-chunks.ts";
import { formatNumber, formatText, readBytes, readOptionalNumber, readOptionalText, readText, type Item } from "./dynamodb-item.ts";
import { documentPartition, PARTITION, runKey } from "./dynamodb-keys.ts";
import type { HistoryTable } from "./dynamodb-table.ts";
import { packPieces, packText, unpackText } from "./pack-text.ts";
import type { RunId, RunRecord } from "./state.ts";
import type { HistoryStore } from "./store.ts";

type Parameter<Method extends "openRun" | "runs" | "closeRun"> = Parameters<HistoryStore[Method]>[0];

/** At least the documents that the port promises, of a history that runs every night; DynamoDB removes them by itself. */
const DOCUMENT_KEPT_DAYS = 90;

export async function openRun(table: HistoryTable, { id, startedAt, partial }: Parameter<"openRun">): Promise<RunRecord> {
  const attributes = { status: formatText("open"), startedAt: formatText(startedAt), partial: { BOOL: partial } };
  await table.write({ kind: "put", key: runKey(id), attributes, onlyIf: ABSENT });
  return readRun(await loadRun(table, id));
}

/** Newest first. */
export async function loadRuns(table: HistoryTable, { limit, before }: Parameter<"runs">): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  if (limit <= 0) return found;
  const range = { descending: true, limit, ...(before !== undefined && { before }) };
  for await (const item of table.query(PARTITION.runs, range)) if (found.push(readRun(item)) >= limit) break;
  return found;
}

/**
 * The document is written before the run is closed, so that a closed run has one; it lies under its own digest, so that the one of
 * whoever closed first stays whole, and the other's is never read and expires.
 */
export async function closeRun(table: HistoryTable, run: Parameter<"closeRun">): Promise<RunRecord> {
  const found = readRun(await loadRun(table, run.id));
  if (found.status !== "open") return found;
  const packed = await packPieces(run.document);
  const digest = digestOf(packed);
  await saveChunks(table, documentPartition(run.id, digest), packed, table.expireAfterDays(DOCUMENT_KEPT_DAYS));
  await table.write({
    kind: "update",
    key: runKey(run.id),
    update:
      "SET #status = :closed, #finishedAt = :finishedAt, #complete = :complete, #coverage = :coverage, #exitCode = :exitCode, #document = :document" +
      (run.watchList === null ? "" : ", #watchList = :watchList"),
    onlyIf: "#status = :open",
    values: {
      ":open": formatText("open"),
      ":closed": formatText("closed"),
      ":finishedAt": formatText(run.finishedAt),
      ":complete": { BOOL: run.complete },
      ":coverage": { B: packText(JSON.stringify(run.coverage)) },
      ":exitCode": formatNumber(run.exitCode),
      ":document": formatText(digest),
      ...(run.watchList !== null && { ":watchList": formatText(run.watchList) }),
    },
  });
  return readRun(await loadRun(table, run.id));
}

export async function loadDocument(table: HistoryTable, id: RunId): Promise<string | null> {
  const item = await table.get(runKey(id));
  const digest = item === null ? null : (readOptionalText(item, "document") as Digest | null);
  if (digest === null) return null;
  const packed = await loadChunks(table, documentPartition(id, digest));
  return packed === null ? null : unpackText(packed);
}

export async function abandonRun(table: HistoryTable, id: RunId): Promise<void> {
  const values = { ":open": formatText("open"), ":abandoned": formatText("abandoned") };
  await table.write({ kind: "update", key: runKey(id), update: "SET #status = :abandoned", onlyIf: "#status = :open", values });
}

async function loadRun(table: HistoryTable, id: RunId): Promise<Item> {
  const item = await table.get(runKey(id));
  if (item === null) throw new SealwatchError("internal", `load run ${id}: it was never opened`);
  return item;
}

function readRun(item: Item): RunRecord {
  const status = readText(item, "status");
  return {
    id: readText(item, "sk"),
    status: status === "closed" || status === "abandoned" ? status : "open",
    startedAt: readText(item, "startedAt"),
    finishedAt: readOptionalText(item, "finishedAt"),
    complete: item["complete"]?.BOOL === true,
    partial: item["partial"]?.BOOL === true,
    coverage: item["coverage"] === undefined ? [] : JSON.parse(unpackText(readBytes(item, "coverage"))),
    watchList: readOptionalText(item, "watchList") as Digest | null,
    exitCode: readOptionalNumber(item, "exitCode"),
  };
}
