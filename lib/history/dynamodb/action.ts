import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { measureItem, type Item } from "./item.ts";
import type { Key } from "./keys.ts";

interface Conditional {
  readonly key: Key;
  /** A condition expression, in which `#name` stands for an attribute and `:name` for a value. Without it, the write is unconditional. */
  readonly onlyIf?: string;
  readonly values?: Readonly<Record<`:${string}`, AttributeValue>>;
}

/** One write. */
export type Action =
  | (Conditional & { readonly kind: "put"; readonly attributes: Item })
  | (Conditional & { readonly kind: "update"; readonly update: string })
  | (Conditional & { readonly kind: "delete" })
  /** Writes nothing: its condition must hold for the other actions of the transaction. */
  | (Conditional & { readonly kind: "require"; readonly onlyIf: string });

/** Conditions on the item itself. */
export const ABSENT = "attribute_not_exists(#pk)";
export const PRESENT = "attribute_exists(#pk)";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items */
const ITEM_LIMIT_BYTES = 400 * 1024;

/**
 * Formats the action as part of a transaction. Its single member is the input of the command that performs it alone.
 * @throws SealwatchError `history` if the item is larger than DynamoDB allows.
 */
export function formatAction(table: string, action: Action): TransactWriteItem {
  const { key, onlyIf, values } = action;
  const update = action.kind === "update" ? action.update : "";
  const names = [...new Set(`${onlyIf ?? ""} ${update}`.match(/#\w+/g))];
  const shared = {
    TableName: table,
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])) }),
    ...(values && { ExpressionAttributeValues: values }),
  };
  const conditional = { ...shared, ...(onlyIf !== undefined && { ConditionExpression: onlyIf }) };
  switch (action.kind) {
    case "put":
      return { Put: { ...conditional, Item: formatItem(key, action.attributes) } };
    case "update":
      return { Update: { ...conditional, Key: formatKey(key), UpdateExpression: update } };
    case "delete":
      return { Delete: { ...conditional, Key: formatKey(key) } };
    case "require":
      return { ConditionCheck: { ...shared, Key: formatKey(key), ConditionExpression: action.onlyIf } };
  }
}

export function formatKey({ pk, sk }: Key): { pk: AttributeValue; sk: AttributeValue } {
  return { pk: { S: pk }, sk: { S: sk } };
}

function formatItem(key: Key, attributes: Item): Record<string, AttributeValue> {
  const item = { ...formatKey(key), ...attributes };
  const bytes = measureItem(item);
  if (bytes > ITEM_LIMIT_BYTES) {
    const found = `it has ${Math.ceil(bytes / 1024)} KB, and DynamoDB keeps at most ${ITEM_LIMIT_BYTES / 1024} KB together`;
    throw new SealwatchError("history", `write ${key.pk} ${key.sk}: ${found}; keep this history in a file`);
  }
  return item;
}
