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

/** What the adapter stands on. */
export interface DynamodbSurroundings {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Epoch milliseconds: from when on an item is expired. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** What is written by itself. */
export type LoneAction = Extract<Action, { readonly kind: "put" | "update" }>;

/** One table. Every read is strongly consistent and sees nothing that is expired, though DynamoDB removes it days later. */
export interface HistoryTable {
  get(key: Key): Promise<Item | null>;
  /** The items of one partition in the order of their sort keys, by pages. */
  query(partition: string, range?: Range): AsyncGenerator<Item>;
  /** False where the condition was lost. */
  write(action: LoneAction): Promise<boolean>;
  /** All or nothing. The positions of the actions whose condition was lost: none, where it was written. */
  transact(actions: readonly Action[]): Promise<readonly number[]>;
  /** The attribute of an item that is to be gone some time after today. */
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

  /** The SDK repeats what failed on the way or was throttled, but no cancelled transaction. */
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
        const first = actions[0]!.key;
        throw new SealwatchError(
          "internal",
          `write ${first.pk} ${first.sk} and ${actions.length - 1} others together: DynamoDB takes at most ${TRANSACTION_LIMIT_ACTIONS}`,
        );
      }
      const items = actions.map((action) => formatAction(table, action));
      try {
        // The SDK gives each command a token, by which DynamoDB knows its own repetitions: a lost answer is no lost condition.
        await repeat(() => client.send(new TransactWriteItemsCommand({ TransactItems: items })));
        return [];
      } catch (error) {
        const lost = readLostConditions(error);
        if (lost === null) throw error;
        return lost;
      }
    },
    expireAfterDays: (days) => ({ [timeToLive]: { N: String(Math.floor(now() / 1000) + days * 86_400) } }),
  };
}

/**
 * A request whose answer was lost is sent again by the SDK, and then loses its condition against itself.
 * What lies there says so: it is exactly what was to be written.
 */
function isOwnWrite(action: Action, error: Error & { readonly Item?: unknown }): boolean {
  return action.kind === "put" && isDeepStrictEqual(error.Item, { ...formatKey(action.key), ...action.attributes });
}
