import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openDynamodbHistory } from "../../lib/history/dynamodb/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { TableAddress } from "./table-address.ts";

/** The SDK waits for ever unless told otherwise; a Query of 1 MB takes less than a second. */
const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;
/** A throttled table gets half a minute to catch up. */
const ATTEMPTS = 8;

/**
 * Opens the history with the credentials of the environment. This module loads the SDK, so that only who needs it imports it, and does so
 * as a whole: of a CommonJS package that is imported by itself at run time, the bundler gives no names.
 */
export function openTableHistory({ table, region }: TableAddress): HistoryStore {
  const client = new DynamoDBClient({ maxAttempts: ATTEMPTS, requestHandler: TIMEOUTS, ...(region !== null && { region }) });
  const store = openDynamodbHistory({ client, table, now: Date.now, sleep: (milliseconds) => sleep(milliseconds) });
  return { ...store, close: async () => client.destroy() };
}
