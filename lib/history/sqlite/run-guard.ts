import type { DatabaseSync } from "node:sqlite";
import type { RunId } from "../state.ts";
import { runOver } from "../stored/run-over.ts";
import { readInteger, readText } from "./row.ts";

/**
 * Returns a function that gives the number of a run for which something is written, in the transaction that writes it; 0 if the run was
 * never opened. @throws SealwatchError `run-over` if the run is closed or abandoned.
 */
export function prepareRunGuard(database: DatabaseSync): (run: RunId) => number {
  const select = database.prepare("SELECT status, number FROM run WHERE id = ?");
  return (run) => {
    const row = select.get(run);
    if (row === undefined) return 0;
    const status = readText(row, "status");
    if (status !== "open") throw runOver(run, status);
    return readInteger(row, "number");
  };
}
