import type { AttributeValue, QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { formatText } from "./item.ts";
import { HISTORY_TABLE } from "./names.ts";

/** Which items of a partition to read: all, or those of one range of sort keys. */
export type Range = {
  readonly descending?: boolean;
  /** The most items that the caller wants, so that no more are read. */
  readonly limit?: number;
} & (
  | { readonly beginsWith?: string; readonly from?: never; readonly before?: never }
  | { readonly beginsWith?: never; readonly from?: string; readonly before?: never }
  | { readonly beginsWith?: never; readonly from?: never; readonly before?: string }
);

/** Formats the part of a Query that names the items. */
export function formatRange(table: string, partition: string, range: Range): QueryCommandInput {
  const { beginsWith, from, before, descending, limit } = range;
  const [condition, bound] =
    beginsWith !== undefined
      ? [" AND begins_with(#sk, :bound)", beginsWith]
      : from !== undefined
        ? [" AND #sk >= :bound", from]
        : before !== undefined
          ? [" AND #sk < :bound", before]
          : ["", null];
  const values: Record<string, AttributeValue> = { ":partition": formatText(partition) };
  if (bound !== null) values[":bound"] = formatText(bound);
  return {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: `#pk = :partition${condition}`,
    ExpressionAttributeNames: { "#pk": HISTORY_TABLE.partitionKey, ...(bound !== null && { "#sk": HISTORY_TABLE.sortKey }) },
    ExpressionAttributeValues: values,
    ScanIndexForward: descending !== true,
    ...(limit !== undefined && { Limit: limit }),
  };
}
