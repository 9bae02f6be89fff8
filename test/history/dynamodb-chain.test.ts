import { DeleteItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { gzipSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { entryOfObservation } from "../../lib/history/chain/chain-entry.ts";
import { unchainedKey } from "../../lib/history/dynamodb/keys.ts";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { describeChain, type Tampering } from "./chain-contract.ts";
import { HAS_DYNAMODB, startDynamodb, type DynamodbServer } from "./dynamodb-server.ts";
import { tapWire } from "./dynamodb-wire.ts";
import { judgement, NIGHTS, observation, REPOSITORY, SIGNED, tagState } from "./examples.ts";

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
      "PutItem",
      "PutItem",
      "TransactWriteItems",
    ]);
    await server.dropTable(table);
  });

  it("covers once what a crash left marked after the link was made", async () => {
    const table = await server.createTable();
    const store = server.open(table);
    const seen = observation({ run: NIGHTS[0], tag: "1.0.0" });
    await store.record(REPOSITORY, { repository: null, tags: [tagState("1.0.0", judgement(SIGNED), { version: 0, observation: seen })] });
    const entry = entryOfObservation(REPOSITORY, seen);
    for (const [at, id] of NIGHTS.slice(0, 2).entries()) {
      await store.openRun({ id, startedAt: id, partial: false });
      const closed = await store.closeRun({ id, ...closing });
      expect(closed.link?.entries).toBe(at === 0 ? 1 : 0);
      const { pk, sk } = unchainedKey(entry);
      const mark = { pk: { S: pk }, sk: { S: sk }, hash: { S: entry.hash } };
      if (at === 0) await server.connect().send(new PutItemCommand({ TableName: table, Item: mark }));
    }
    expect(await verifyChain(store)).toMatchObject({ fault: null, waiting: 0, rewritten: 0, runs: 2 });
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
    (await list("RUN")).find((item) => item["sk"]?.S === id) ?? {};
  const documentOf = async (id: string): Promise<string> => `DOCUMENT#${id}#${(await findRun(id))["document"]?.S}`;
  const removeLink = async (id: string): Promise<void> =>
    void (await send(
      new UpdateItemCommand({ TableName: table, Key: { pk: { S: "RUN" }, sk: { S: id } }, UpdateExpression: "REMOVE link" }),
    ));
  return {
    editCoverage: async (id, edit) => {
      const item = await findRun(id);
      const text = gunzipSync(item["coverage"]?.B ?? new Uint8Array()).toString();
      await put({ ...item, coverage: { B: gzipSync(JSON.stringify(edit(JSON.parse(text)))) } });
    },
    removeRun: (id) => remove("RUN", id),
    removeLink,
    removeHead: () => remove("CHAIN", "head"),
    writeObservation: (repository, seen) =>
      put({ pk: { S: `O#${repository}` }, sk: { S: `${seen.run}#${seen.tag}` }, observation: { S: JSON.stringify(seen) } }),
    removeObservation: (repository, seen) => remove(`O#${repository}`, `${seen.run}#${seen.tag}`),
    removeChange: (repository, run, id) => remove(`C#${repository}`, `${run}#${id}`),
    removeEvidence: (digest) => remove(`E#${digest}`, "0000"),
    editDocument: async (id) =>
      put({ pk: { S: await documentOf(id) }, sk: { S: "0000" }, bytes: { B: gzipSync("{}") }, count: { N: "1" } }),
    removeDocument: async (id) => remove(await documentOf(id), "0000"),
    forgetChain: async () => {
      await remove("CHAIN", "head");
      for (const item of await list("RUN")) await removeLink(item["sk"]?.S ?? "");
    },
  };
}
