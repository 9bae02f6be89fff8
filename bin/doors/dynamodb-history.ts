import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openDynamodbHistory } from "../../lib/history/dynamodb/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { TableAddress } from "./table-address.ts";

/** By default, the SDK waits for ever. A Query of 1 MB takes less than a second. */
const TIMEOUTS = { connectionTimeout: 5000, requestTimeout: 15_000, throwOnRequestTimeout: true } as const;
/** A throttled table gets half a minute to catch up. */
const ATTEMPTS = 8;

/**
 * Opens the history with the credentials of the environment. Only this module loads the SDK. It is imported at run time as a module of
 * ours, because the bundler gives no names to a CommonJS package that is imported by itself.
 */
export function openTableHistory({ table, region }: Pick<TableAddress, "table" | "region">): HistoryStore {
  const client = new DynamoDBClient({ maxAttempts: ATTEMPTS, requestHandler: TIMEOUTS, ...(region !== null && { region }) });
  const store = openDynamodbHistory({ client, table, now: Date.now, sleep: (milliseconds) => sleep(milliseconds) });
  return { ...store, close: async () => client.destroy() };
}
