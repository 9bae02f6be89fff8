import { describe } from "vitest";
import { HAS_DYNAMODB, startDynamodb } from "./dynamodb-server.ts";
import { describeHistoryStore } from "./store-contract.ts";

describe.skipIf(!HAS_DYNAMODB)("DynamoDB", () => {
  const server = startDynamodb();
  describeHistoryStore("DynamoDB", async () => {
    const table = await server.createTable();
    return { open: () => server.open(table), remove: () => server.dropTable(table) };
  });
});
