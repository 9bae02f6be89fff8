import { DeleteItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { gzipSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { describeChain } from "./chain-contract.ts";
import type { Tampering } from "./tampering.ts";
import { HAS_DYNAMODB, startDynamodb, type DynamodbServer } from "./dynamodb-server.ts";
import { tapWire } from "./dynamodb-wire.ts";
import { NIGHTS } from "./examples.ts";

describe.skipIf(!HAS_DYNAMODB)("DynamoDB", () => {
  const server = startDynamodb();
  describeChain("DynamoDB", async () => {
    const table = await server.createTable();
    return { open: () => server.open(table), remove: () => server.dropTable(table), tampering: tamperWith(server, table) };
  });

  const closing = { finishedAt: NIGHTS[3], complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 };

  it("writes of an unchanged night the run, its document and the head of the chain, and nothing else", async () => {
    const table = await server.createTable();
    const client = server.connect();
    const store = server.open(table, { client });
    const wire = tapWire(client);
    for (const id of NIGHTS.slice(0, 2)) {
      wire.asked.length = 0;
      await store.openRun({ id, startedAt: id, partial: false });
      await store.closeRun({ id, ...closing });
    }
    expect(wire.asked.filter((operation) => !["GetItem", "Query"].includes(operation))).toEqual([
      "TransactWriteItems",
      "PutItem",
      "TransactWriteItems",
    ]);
    await server.dropTable(table);
  });
});

function tamperWith(server: DynamodbServer, table: string): Tampering {
  const send: ReturnType<DynamodbServer["connect"]>["send"] = (command: never) => server.connect().send(command) as never;
  const remove = async (pk: string, sk: string): Promise<void> =>
    void (await send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } })));
  const list = async (pk: string): Promise<Record<string, AttributeValue>[]> =>
    (
      await send(
        new QueryCommand({ TableName: table, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": { S: pk } } }),
      )
    ).Items ?? [];
  const put = async (item: Record<string, AttributeValue>): Promise<void> =>
    void (await send(new PutItemCommand({ TableName: table, Item: item })));
  const findRun = async (id: string): Promise<Record<string, AttributeValue>> =>
    (await list("RUNS")).find((item) => item["id"]?.S === id) ?? {};
  const orderOf = async (id: string): Promise<string> => (await findRun(id))["sk"]?.S ?? "";
  const documentOf = async (id: string): Promise<string> => `DOCUMENT#${id}#${(await findRun(id))["document"]?.S}`;
  const removeLink = async (id: string): Promise<void> =>
    void (await send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: "RUNS" }, sk: { S: await orderOf(id) } },
        UpdateExpression: "REMOVE link",
      }),
    ));
  return {
    editCoverage: async (id, edit) => {
      const item = await findRun(id);
      const text = gunzipSync(item["coverage"]?.B ?? new Uint8Array()).toString();
      await put({ ...item, coverage: { B: gzipSync(JSON.stringify(edit(JSON.parse(text)))) } });
    },
    removeRun: async (id) => {
      await remove("RUNS", await orderOf(id));
      await remove("RUN", id);
    },
    removeLink,
    removeHead: () => remove("CHAIN", "head"),
    writeObservation: async (repository, seen) => {
      const sk = { S: `${await orderOf(seen.run)}#${seen.run}#${seen.tag}` };
      await put({ pk: { S: `O#${repository}` }, sk, observation: { S: JSON.stringify(seen) } });
    },
    removeObservation: async (repository, seen) => remove(`O#${repository}`, `${await orderOf(seen.run)}#${seen.run}#${seen.tag}`),
    removeChange: async (repository, run, id) => remove(`C#${repository}`, `${await orderOf(run)}#${run}#${id}`),
    removeEvidence: (digest) => remove(`E#${digest}`, "0000"),
    editDocument: async (id) =>
      put({ pk: { S: await documentOf(id) }, sk: { S: "0000" }, bytes: { B: gzipSync("{}") }, count: { N: "1" } }),
    removeDocument: async (id) => remove(await documentOf(id), "0000"),
    forgetChain: async () => {
      await remove("CHAIN", "head");
      for (const item of await list("RUNS")) await removeLink(item["id"]?.S ?? "");
    },
  };
}
