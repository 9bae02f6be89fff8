import { newKeyNeed, newNeed, type AccessNeed } from "./access-need.ts";
import type { KnownResources, KnownTable } from "./known-resources.ts";

type Attributes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface Operand {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

const TRANSACTED = { Put: "PutItem", Update: "UpdateItem", Delete: "DeleteItem", ConditionCheck: "ConditionCheckItem", Get: "GetItem" };

/**
 * A transaction needs what its items would need alone; a batch needs its own action on each table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export function needsOfDynamodb(operation: string, input: unknown, resources: KnownResources): AccessNeed[] {
  const given = input as Operand & { TransactItems?: Record<string, Operand>[]; RequestItems?: Record<string, unknown> };
  const need = (action: string, operand: Operand, keys: readonly string[]): AccessNeed[] => {
    const table = findTable(resources, operand.TableName);
    const index = operand.IndexName === undefined ? "" : `/index/${operand.IndexName}`;
    const context = keys.length > 0 ? { "dynamodb:LeadingKeys": keys } : {};
    const encryption = table.key === null ? [] : [newKeyNeed("kms:Decrypt", table.key, "dynamodb", describeTable(table, resources))];
    return [newNeed(`dynamodb:${action}`, `${table.arn}${index}`, context), ...encryption];
  };
  const keysOf = (operand: Operand): string[] => readLeadingKeys(findTable(resources, operand.TableName), operand);
  if (given.TransactItems) {
    const operands = given.TransactItems.flatMap((item) => Object.entries(item));
    return operands.flatMap(([kind, operand]) => need(TRANSACTED[kind as keyof typeof TRANSACTED], operand, keysOf(operand)));
  }
  if (given.RequestItems) {
    return Object.entries(given.RequestItems).flatMap(([TableName, requests]) => {
      const operands = readBatch(requests).map((operand) => ({ ...operand, TableName }));
      return need(operation, { TableName }, operands.flatMap(keysOf));
    });
  }
  if (given.TableName === undefined) return [newNeed(`dynamodb:${operation}`, "*")];
  return need(operation, given, keysOf(given));
}

function readBatch(requests: unknown): Operand[] {
  if (!Array.isArray(requests)) return ((requests as { Keys: Attributes[] }).Keys ?? []).map((Key) => ({ Key }));
  return (requests as Record<string, Operand>[]).flatMap((request) => Object.values(request));
}

function readLeadingKeys({ partitionKeys }: KnownTable, operand: Operand): string[] {
  const attribute = partitionKeys[operand.IndexName ?? ""];
  if (attribute === undefined) return [];
  const direct = (operand.Key ?? operand.Item)?.[attribute];
  if (direct) return Object.values(direct).map(String);
  const terms = (operand.KeyConditionExpression ?? "").matchAll(/(#?[\w.-]+)\s*=\s*(:\w+)/g);
  return [...terms].flatMap(([, name, value]) => {
    const isKey = (operand.ExpressionAttributeNames?.[name!] ?? name) === attribute;
    return isKey ? Object.values(operand.ExpressionAttributeValues?.[value!] ?? {}).map(String) : [];
  });
}

/** A table that is not in the template has an ARN too: the statement for it is what is missing. */
function findTable({ tables, region, account }: KnownResources, named = ""): KnownTable {
  const found = tables.find(({ name, arn }) => name === named || arn === named);
  const arn = named.startsWith("arn:") ? named : `arn:aws:dynamodb:${region}:${account}:table/${named}`;
  return found ?? { arn, name: named, partitionKeys: {}, key: null };
}

function describeTable({ name }: KnownTable, { account }: KnownResources): Record<string, string> {
  return { "aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": account };
}
