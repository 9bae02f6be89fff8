/**
 * The definition of a history's table, for the caller that creates it: two string keys, no index, and the attribute by which items expire.
 * The adapter uses GetItem, Query, PutItem, UpdateItem and, in transactions, DeleteItem and ConditionCheckItem.
 * This file imports nothing, so that a deployment needs nothing else of the adapter.
 */
export const HISTORY_TABLE = { partitionKey: "pk", sortKey: "sk", timeToLive: "expires" } as const;
