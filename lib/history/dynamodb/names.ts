/**
 * The definition of a history's table, for whoever creates it: two keys, both strings, no index, and the attribute by which items expire.
 * Its reader and writer asks for GetItem, Query, PutItem, UpdateItem and, in transactions, DeleteItem and ConditionCheckItem.
 * Without imports, so that a deployment needs nothing else of the adapter.
 */
export const HISTORY_TABLE = { partitionKey: "pk", sortKey: "sk", timeToLive: "expires" } as const;
