import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { SealwatchError } from "../../oci/sealwatch-error.ts";

/** The content of an item, by attribute. */
export type Item = Readonly<Record<string, AttributeValue>>;

export function formatText(text: string): AttributeValue {
  return { S: text };
}

export function formatNumber(number: number): AttributeValue {
  return { N: String(number) };
}

/** Formats a value as JSON in one attribute: an item is read and written as a whole, and never queried by its content. */
export function formatJsonText(value: unknown): AttributeValue {
  return { S: JSON.stringify(value) };
}

/** Reads a string attribute. @throws SealwatchError `history` if the item has none, because somebody else wrote it. */
export function readText(item: Item, attribute: string): string {
  const text = readOptionalText(item, attribute);
  if (text === null) throw mismatch(item, attribute, "a string");
  return text;
}

/** Reads a string attribute, or null if the item has none. */
export function readOptionalText(item: Item, attribute: string): string | null {
  return item[attribute]?.S ?? null;
}

/** Reads a number attribute. */
export function readNumber(item: Item, attribute: string): number {
  const number = readOptionalNumber(item, attribute);
  if (number === null) throw mismatch(item, attribute, "a number");
  return number;
}

/** Reads a number attribute, or null if the item has none. */
export function readOptionalNumber(item: Item, attribute: string): number | null {
  const text = item[attribute]?.N;
  return text === undefined ? null : Number(text);
}

/** Reads a binary attribute. */
export function readBytes(item: Item, attribute: string): Uint8Array {
  const bytes = item[attribute]?.B;
  if (bytes === undefined) throw mismatch(item, attribute, "bytes");
  return bytes;
}

/**
 * Returns the size of an item in bytes. DynamoDB may count a few less:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function measureItem(item: Item): number {
  let bytes = 0;
  for (const [name, { S, N = "-", B }] of Object.entries(item))
    bytes += Buffer.byteLength(name) + (B?.byteLength ?? Buffer.byteLength(S ?? `${N} `));
  return bytes;
}

function mismatch(item: Item, attribute: string, expected: string): SealwatchError {
  const message = `read the history: ${item["pk"]?.S} ${item["sk"]?.S}: the attribute ${attribute} is not ${expected}`;
  return new SealwatchError("history", message);
}
