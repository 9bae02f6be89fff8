import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll } from "vitest";
import { HISTORY_TABLE } from "../../lib/history/dynamodb/names.ts";
import { openDynamodbHistory } from "../../lib/history/dynamodb/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { HAS_DYNOXIDE, startDynoxide } from "./dynoxide.ts";

const NAMED_ENDPOINT = process.env["SEALWATCH_TEST_DYNAMODB_ENDPOINT"];

/** False where tests have no DynamoDB; says why, once. */
export const HAS_DYNAMODB = NAMED_ENDPOINT !== undefined || HAS_DYNOXIDE;
if (!HAS_DYNAMODB) process.stderr.write("skipped: tests of DynamoDB need the optional package @dynoxide/linux-x64\n");

const TEST_ENVIRONMENT = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "eu-central-1" } as const;

export interface DynamodbServer {
  /** What a command needs to reach the server: endpoint, credentials and region. */
  readonly environment: Readonly<Record<string, string>>;
  /** A client with short waits; requests reach the server through `more.endpoint`, where one is given. */
  connect(more?: { endpoint?: string; maxAttempts?: number }): DynamoDBClient;
  createTable(): Promise<string>;
  dropTable(table: string): Promise<void>;
  open(table: string, more?: { client?: DynamoDBClient; now?: () => number; waits?: number[] }): HistoryStore;
}

/**
 * One server for the tests of a file: dynoxide in memory, or the one at SEALWATCH_TEST_DYNAMODB_ENDPOINT with the credentials and the
 * region of the environment (https://dynamodb.eu-central-1.amazonaws.com is DynamoDB itself).
 */
export function startDynamodb(): DynamodbServer {
  const state: { endpoint: string; client?: DynamoDBClient; stop?: () => void } = { endpoint: NAMED_ENDPOINT ?? "" };
  let tables = 0;
  const credentials = { accessKeyId: TEST_ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: TEST_ENVIRONMENT.AWS_SECRET_ACCESS_KEY };
  const connect = ({ endpoint = state.endpoint, maxAttempts = 3 } = {}): DynamoDBClient =>
    new DynamoDBClient({
      endpoint,
      maxAttempts,
      ...(NAMED_ENDPOINT === undefined && { credentials, region: TEST_ENVIRONMENT.AWS_REGION }),
    });
  beforeAll(async () => {
    if (!HAS_DYNAMODB) return;
    if (NAMED_ENDPOINT === undefined) {
      const { url, stop } = await startDynoxide();
      state.endpoint = url;
      state.stop = stop;
    }
    state.client = connect({ maxAttempts: 5 });
  });
  afterAll(() => {
    state.client?.destroy();
    state.stop?.();
  });
  return {
    get environment() {
      const named = Object.entries(process.env).flatMap(([name, value = ""]) => (name.startsWith("AWS_") ? [[name, value]] : []));
      const own: Record<string, string> = NAMED_ENDPOINT === undefined ? TEST_ENVIRONMENT : Object.fromEntries(named);
      return { ...own, AWS_ENDPOINT_URL_DYNAMODB: state.endpoint };
    },
    connect,
    createTable: async () => {
      const table = `sealwatch-test-${process.pid}-${tables++}`;
      await createHistoryTable(state.client!, table);
      return table;
    },
    dropTable: async (table) => void (await state.client!.send(new DeleteTableCommand({ TableName: table }))),
    open: (table, { client = state.client!, now = Date.now, waits = [] } = {}) =>
      openDynamodbHistory({
        client,
        table,
        now,
        sleep: async (milliseconds) => {
          waits.push(milliseconds);
          await sleep(Math.min(milliseconds, 50));
        },
      }),
  };
}

async function createHistoryTable(client: DynamoDBClient, table: string): Promise<void> {
  const { partitionKey, sortKey } = HISTORY_TABLE;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: "S" },
        { AttributeName: sortKey, AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: partitionKey, KeyType: "HASH" },
        { AttributeName: sortKey, KeyType: "RANGE" },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 }, { TableName: table });
}
