import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type QueryCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { isDeepStrictEqual } from "node:util";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { formatAction, formatKey, type Action } from "./action.ts";
import { countAttempts, isContention, readLostConditions } from "./errors.ts";
import { readOptionalNumber, type Item } from "./item.ts";
import type { Key } from "./keys.ts";
import { formatRange, type Range } from "./range.ts";
import { HISTORY_TABLE } from "./names.ts";

/** What the adapter needs from its caller. */
export interface DynamodbSurroundings {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** The time by which items expire, in epoch milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** An action that is written by itself. */
export type LoneAction = Extract<Action, { readonly kind: "put" | "update" }>;

/** One table. Every read is strongly consistent, and does not see expired items, although DynamoDB removes them days later. */
export interface HistoryTable {
  get(key: Key): Promise<Item | null>;
  /** Reads the items of one partition in the order of their sort keys, page by page. */
  query(partition: string, range?: Range): AsyncGenerator<Item>;
  /** Returns false if the condition was not met. */
  write(action: LoneAction): Promise<boolean>;
  /** Writes all actions or none. Returns the positions of those whose condition was not met; if all was written, there are none. */
  transact(actions: readonly Action[]): Promise<readonly number[]>;
  sleep(milliseconds: number): Promise<void>;
  /** Returns the attribute of an item that expires so many days from now. */
  expireAfterDays(days: number): Item;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export const TRANSACTION_LIMIT_ACTIONS = 100;
const ATTEMPTS = 10;
const FIRST_WAIT_MILLISECONDS = 20;
const LONGEST_WAIT_MILLISECONDS = 2000;
const { timeToLive } = HISTORY_TABLE;

export function openTable({ client, table, now, sleep }: DynamodbSurroundings): HistoryTable {
  const isLive = (item: Item): boolean => (readOptionalNumber(item, timeToLive) ?? Infinity) * 1000 > now();

  /** The SDK retries requests that failed on the way or were throttled, but no cancelled transaction. */
  const repeat = async <T>(send: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (attempt >= ATTEMPTS || !isContention(error) || readLostConditions(error) !== null) throw error;
        await sleep(Math.min(FIRST_WAIT_MILLISECONDS * 2 ** (attempt - 1), LONGEST_WAIT_MILLISECONDS));
      }
    }
  };

  const sendAlone = async (action: LoneAction): Promise<void> => {
    const { Put, Update } = formatAction(table, action);
    if (Put) await client.send(new PutItemCommand({ ...Put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }));
    if (Update) await client.send(new UpdateItemCommand(Update));
  };

  return {
    get: async (key) => {
      const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: formatKey(key), ConsistentRead: true }));
      return item === undefined || !isLive(item) ? null : item;
    },
    async *query(partition, range = {}) {
      const input = formatRange(table, partition, range);
      let from: Record<string, AttributeValue> | undefined;
      do {
        const page: QueryCommandOutput = await client.send(new QueryCommand({ ...input, ExclusiveStartKey: from }));
        for (const item of page.Items ?? []) if (isLive(item)) yield item;
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },
    write: (action) =>
      repeat(async () => {
        try {
          await sendAlone(action);
          return true;
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
          return countAttempts(error) > 1 && isOwnWrite(action, error);
        }
      }),
    transact: async (actions) => {
      if (actions.length === 0) return [];
      if (actions.length > TRANSACTION_LIMIT_ACTIONS) {
        const { pk, sk } = actions[0]!.key;
        const found = `write ${pk} ${sk} and ${actions.length - 1} others together`;
        throw new SealwatchError("internal", `${found}: DynamoDB takes at most ${TRANSACTION_LIMIT_ACTIONS}`);
      }
      const items = actions.map((action) => formatAction(table, action));
      try {
        // The SDK gives each command a token by which DynamoDB recognises a repetition: so a lost answer does not look like a lost
        // condition.
        await repeat(() => client.send(new TransactWriteItemsCommand({ TransactItems: items })));
        return [];
      } catch (error) {
        const lost = readLostConditions(error);
        if (lost === null) throw error;
        return lost;
      }
    },
    sleep,
    expireAfterDays: (days) => ({ [timeToLive]: { N: String(Math.floor(now() / 1000) + days * 86_400) } }),
  };
}

/**
 * If the answer to a request was lost, the SDK sends the request again, and it then fails on its own condition. The stored item shows that:
 * it is exactly the one that was to be written.
 */
function isOwnWrite(action: Action, error: Error & { readonly Item?: unknown }): boolean {
  return action.kind === "put" && isDeepStrictEqual(error.Item, { ...formatKey(action.key), ...action.attributes });
}
