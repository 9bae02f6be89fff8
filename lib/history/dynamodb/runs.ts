import type { Digest } from "../../oci/digest.ts";
import type { RunRecord } from "../run-record.ts";
import type { RunStore } from "../store.ts";
import { unpackText } from "../stored/pack-text.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { ABSENT } from "./action.ts";
import { loadChunks } from "./chunks.ts";
import { closeRun } from "./close-run.ts";
import { findRunOrNull, listNewest } from "./find-run.ts";
import { formatNumber, formatText, readOptionalNumber, readOptionalText, type Item } from "./item.ts";
import { documentPartition, runIdKey, runKey } from "./keys.ts";
import { readRun } from "./read-run.ts";
import { findNewestNumber } from "./run-guard.ts";
import type { HistoryTable } from "./table.ts";

/** The runs of a history in DynamoDB. */
export function openRuns(table: HistoryTable): Unwrapped<RunStore> {
  return {
    openRun: (run) => openRun(table, run),
    loadRun: async (id) => {
      const item = await findRunOrNull(table, id);
      return item === null ? null : readRun(item);
    },
    runs: async ({ limit, before }) => {
      if (before === undefined) return listNewest(table, limit, null);
      const item = await findRunOrNull(table, before);
      if (item !== null) return listNewest(table, limit, readOptionalNumber(item, "number") ?? before);
      return (await listNewest(table, Infinity, null)).filter(({ id }) => id < before).slice(0, limit);
    },
    closeRun: (run) => closeRun(table, run),
    loadDocument: async (id) => {
      const item = await findRunOrNull(table, id);
      const digest = item === null ? null : (readOptionalText(item, "document") as Digest | null);
      if (digest === null) return null;
      const packed = await loadChunks(table, documentPartition(id, digest));
      return packed === null ? null : unpackText(packed);
    },
    abandonRun: async (id) => {
      const item = await findRunOrNull(table, id);
      if (item === null) return;
      const number = readOptionalNumber(item, "number");
      const key = number === null ? runIdKey(id) : runKey(number);
      const values = { ":open": formatText("open"), ":abandoned": formatText("abandoned") };
      await table.write({ kind: "update", key, update: "SET #status = :abandoned", onlyIf: "#status = :open", values });
    },
  };
}

/**
 * The run lies under its number, and its id leads there. Both are written together, on condition that neither is taken: if another run took
 * the number meanwhile, the next one is tried. A run that an older version opened, and that is still open, gets a number, too.
 */
async function openRun(table: HistoryTable, { id, startedAt, partial }: Parameters<RunStore["openRun"]>[0]): Promise<RunRecord> {
  for (;;) {
    const found = await findRunOrNull(table, id);
    const isOlder = found !== null && readOptionalNumber(found, "number") === null;
    if (found !== null && !(isOlder && readRun(found).status === "open")) return readRun(found);
    const number = formatNumber((await findNewestNumber(table)) + 1);
    const opened: Item = { status: formatText("open"), startedAt: formatText(startedAt), partial: { BOOL: partial } };
    const { pk: _pk, sk: _sk, ...kept } = found ?? opened;
    const onlyIf = isOlder ? "attribute_not_exists(#number)" : ABSENT;
    await table.transact([
      { kind: "put", key: runKey(Number(number.N)), attributes: { ...kept, id: formatText(id), number }, onlyIf: ABSENT },
      { kind: "put", key: runIdKey(id), attributes: { number }, onlyIf },
    ]);
  }
}
