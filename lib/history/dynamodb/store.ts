import { openChain } from "./chain.ts";
import { openChanges } from "./changes.ts";
import { translateError } from "./errors.ts";
import { openEvidence } from "./evidence.ts";
import { openFindings } from "./findings.ts";
import { openOutbox } from "./outbox.ts";
import { openRuns } from "./runs.ts";
import { guardSchema } from "./schema.ts";
import { openStates } from "./states.ts";
import { openTable, type DynamodbSurroundings } from "./table.ts";
import type { HistoryStore } from "../store.ts";
import { wrapStore } from "../stored/wrap-store.ts";

/**
 * Opens a history in one DynamoDB table of the definition `HISTORY_TABLE`, and does not create the table. Any number of processes may have
 * it open. Opening sends no request: the first operation finds out whether the table and its schema can be used. The client stays the
 * caller's: closing the store does not close it.
 *
 * Documents of runs are kept for 90 days rather than for a number of runs, because DynamoDB removes them by age. Every failure is a
 * SealwatchError `history` that names the table and a remedy, or one that the port names.
 */
export function openDynamodbHistory(surroundings: DynamodbSurroundings): HistoryStore {
  const table = openTable(surroundings);
  const guard = guardSchema(table, surroundings.table);
  const store = {
    ...openRuns(table),
    ...openChain(table),
    ...openStates(table),
    ...openChanges(table),
    ...openFindings(table),
    ...openOutbox(table),
    ...openEvidence(table),
    close: () => undefined,
  };
  return wrapStore(store, {
    prepare: async (operation) => {
      if (operation === "read") await guard.beforeReading();
      if (operation === "write") await guard.beforeWriting();
    },
    translate: async (operation, error) => {
      // A missing region is an error of its own, which must not hide the error that is to be told.
      const region = await surroundings.client.config.region().catch(() => null);
      return translateError(error, { table: surroundings.table, region, operation });
    },
  });
}
