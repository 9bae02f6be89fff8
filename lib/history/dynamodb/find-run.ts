import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { RunRecord } from "../run-record.ts";
import type { RunId } from "../state.ts";
import { readOptionalNumber, readOptionalText, type Item } from "./item.ts";
import { numberPrefix, PARTITION, runIdKey, runKey } from "./keys.ts";
import { readRun } from "./read-run.ts";
import type { HistoryTable } from "./table.ts";

/** Finds a run by its id, or returns null. */
export async function findRunOrNull(table: HistoryTable, id: RunId): Promise<Item | null> {
  const item = await table.get(runIdKey(id));
  const number = item === null ? null : readOptionalNumber(item, "number");
  return number === null ? item : table.get(runKey(number));
}

export async function findRun(table: HistoryTable, id: RunId): Promise<Item> {
  const item = await findRunOrNull(table, id);
  if (item === null) throw new SealwatchError("internal", `load run ${id}: it was never opened`);
  return item;
}

/**
 * Returns the newest runs first: by number and, after those, the runs from before there were numbers by id. `before` is the number of a run,
 * or the id of one without a number.
 */
export async function listNewest(table: HistoryTable, limit: number, before: number | RunId | null): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  if (limit <= 0) return found;
  if (typeof before !== "string") {
    const range = { descending: true, ...(Number.isFinite(limit) && { limit }), ...(before !== null && { before: numberPrefix(before) }) };
    for await (const item of table.query(PARTITION.runs, range)) if (found.push(readRun(item)) >= limit) return found;
  }
  // The ids of runs that have a number are in this partition, too.
  const range = { descending: true, ...(typeof before === "string" && { before }) };
  for await (const item of table.query(PARTITION.runIds, range)) {
    if (readOptionalText(item, "status") !== null && found.push(readRun(item)) >= limit) return found;
  }
  return found;
}

/** Returns the runs from a number on. */
export function listNumbered(table: HistoryTable, from: number): Promise<RunRecord[]> {
  return Array.fromAsync(table.query(PARTITION.runs, { from: numberPrefix(from) }), readRun);
}

/** Returns all runs, in no order. */
export function listRuns(table: HistoryTable): Promise<RunRecord[]> {
  return listNewest(table, Infinity, null);
}
