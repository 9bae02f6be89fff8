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
 * A history in one DynamoDB table of the definition `HISTORY_TABLE`, which is not created here. Any number of processes may have it open.
 * Opening asks nothing; the first operation finds out whether table and schema can be used. The client stays the caller's: closing the
 * store leaves it open.
 *
 * Documents of runs are kept for 90 days rather than for a number of runs, since it is DynamoDB that removes them.
 * Every failure is a SealwatchError `history` that names the table and a remedy, or one of those that the port names.
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
      // A region that is not set is an error of its own, which must not hide the one that is to be told.
      const region = await surroundings.client.config.region().catch(() => null);
      return translateError(error, { table: surroundings.table, region, operation });
    },
  });
}
