import type { AttributeValue, QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { formatNumber, formatText } from "./item.ts";
import { HISTORY_TABLE } from "./names.ts";

/** Which items of a partition to read: all, or those of one range of sort keys. */
export type Range = {
  readonly descending?: boolean;
  /** The most items that the caller wants, so that no more are read. */
  readonly limit?: number;
  /** Of the items in the range, only those with one of these numbers. All of them are read, and only these are transferred. */
  readonly numbered?: { readonly after: number; readonly or: readonly number[] };
} & (
  | { readonly beginsWith?: string; readonly from?: never; readonly before?: never }
  | { readonly beginsWith?: never; readonly from?: string; readonly before?: never }
  | { readonly beginsWith?: never; readonly from?: never; readonly before?: string }
);

/** Formats the part of a Query that names the items. */
export function formatRange(table: string, partition: string, range: Range): QueryCommandInput {
  const { beginsWith, from, before, descending, limit, numbered } = range;
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
  const filter = numbered === undefined ? null : formatFilter(numbered, values);
  return {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: `#pk = :partition${condition}`,
    ExpressionAttributeNames: {
      "#pk": HISTORY_TABLE.partitionKey,
      ...(bound !== null && { "#sk": HISTORY_TABLE.sortKey }),
      ...(filter !== null && { "#number": "number" }),
    },
    ...(filter !== null && { FilterExpression: filter }),
    ExpressionAttributeValues: values,
    ScanIndexForward: descending !== true,
    ...(limit !== undefined && { Limit: limit }),
  };
}

/** An IN has at most 100 operands, and a filter 300: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
function formatFilter({ after, or }: NonNullable<Range["numbered"]>, values: Record<string, AttributeValue>): string {
  values[":after"] = formatNumber(after);
  const others = or.slice(0, 100).map((number, at) => {
    values[`:or${at}`] = formatNumber(number);
    return `:or${at}`;
  });
  return others.length === 0 ? "#number > :after" : `#number > :after OR #number IN (${others.join(", ")})`;
}
