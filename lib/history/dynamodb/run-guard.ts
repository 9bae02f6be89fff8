import type { RunId } from "../state.ts";
import { runOver } from "../stored/run-over.ts";
import { PRESENT, type Action } from "./action.ts";
import { formatNumber, formatText, readOptionalNumber, readOptionalText } from "./item.ts";
import { runIdKey, runKey } from "./keys.ts";
import type { HistoryTable } from "./table.ts";

const ONE = { ":one": formatNumber(1) };
const IF_OPEN = { onlyIf: "#status = :open", values: { ...ONE, ":open": formatText("open") } };

/**
 * Announces writes for a run, and returns the run's number; 0 if it was never opened. Whoever closes the run waits a little until those that
 * began have ended (see {@link endWriting}), so that the link covers what they wrote.
 * @throws SealwatchError `run-over` if the run is closed or abandoned.
 */
export async function beginWriting(table: HistoryTable, run: RunId): Promise<number> {
  const number = await findNumber(table, run);
  if (number === 0) return 0;
  if (await table.write({ kind: "update", key: runKey(number), update: "ADD #begun :one", ...IF_OPEN })) return number;
  throw await readWhyOver(table, run, number);
}

export async function endWriting(table: HistoryTable, number: number): Promise<void> {
  if (number === 0) return;
  await table.write({ kind: "update", key: runKey(number), update: "ADD #ended :one", onlyIf: PRESENT, values: ONE });
}

/** An action that makes a transaction a write for a run. It fails if the run is over. */
export function formatRunWrite(number: number): Action {
  return { kind: "update", key: runKey(number), update: "ADD #begun :one, #ended :one", ...IF_OPEN };
}

export async function readWhyOver(table: HistoryTable, run: RunId, number: number): Promise<Error> {
  const item = await table.get(runKey(number));
  return runOver(run, item === null ? "abandoned" : (readOptionalText(item, "status") ?? "abandoned"));
}

/** Returns the number of a run, 0 if it was never opened. @throws SealwatchError `run-over` if it is over since before runs had numbers. */
export async function findNumber(table: HistoryTable, run: RunId): Promise<number> {
  const item = await table.get(runIdKey(run));
  if (item === null) return 0;
  const [number, status] = [readOptionalNumber(item, "number"), readOptionalText(item, "status")];
  if (number === null && status !== "open") throw runOver(run, status ?? "abandoned");
  return number ?? 0;
}

/** Returns the highest number of a run, 0 if none has one. */
export async function findNewestNumber(table: HistoryTable): Promise<number> {
  for await (const item of table.query(runKey(0).pk, { descending: true, limit: 1 })) return readOptionalNumber(item, "number") ?? 0;
  return 0;
}
