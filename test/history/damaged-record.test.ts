import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, describe, it } from "vitest";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { RunId } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { makeDirectory } from "../bin/make-directory.ts";
import { HAS_DYNAMODB, startDynamodb } from "./dynamodb-server.ts";
import { change, judgement, NIGHTS, observation, REPOSITORY, SIGNED, tagState } from "./examples.ts";

const [FIRST, SECOND, THIRD] = NIGHTS;

/** Two closed runs; the first observed a tag and concluded a change. */
async function record(store: HistoryStore): Promise<void> {
  const coverage = [{ repository: REPOSITORY, listed: true, expected: 1, releases: 1, judged: 1, unknown: 0 }];
  for (const id of [FIRST, SECOND]) {
    await store.openRun({ id, startedAt: id, partial: false });
    if (id === FIRST) {
      const seen = observation({ run: id, tag: "1.0.0" });
      const pending = [change({ run: id, tag: "1.0.0" })];
      const state = tagState("1.0.0", judgement(SIGNED), { version: 0, run: id, observation: seen, pending });
      await store.record(REPOSITORY, { repository: null, tags: [state] });
      await store.conclude({ changes: pending, findings: [], outbox: [] });
    }
    await store.closeRun({ id, finishedAt: id, complete: true, coverage, watchList: null, document: "{}", exitCode: 0 });
  }
}

async function faultOf(store: HistoryStore): Promise<[RunId, string] | null> {
  const { fault } = await verifyChain(store);
  await store.close();
  return fault === null ? null : [fault.run, fault.kind];
}

describe("a SQLite history in which somebody wrote what no Sealwatch writes", () => {
  it.each([
    ["a coverage that is no JSON", `UPDATE run SET coverage = 'x' WHERE id = '${FIRST}'`, FIRST],
    ["a coverage that is no list", `UPDATE run SET coverage = '{}' WHERE id = '${FIRST}'`, FIRST],
    ["a link that is no JSON", `UPDATE run SET link = '{' WHERE id = '${SECOND}'`, SECOND],
    ["a link of another form", `UPDATE run SET link = '{"position":2}' WHERE id = '${SECOND}'`, SECOND],
    ["a head that is no JSON", "UPDATE chain_head SET head = 'x'", SECOND],
    ["an observation that is no JSON", "UPDATE observation SET observation = 'x'", FIRST],
    ["an observation under another tag", "UPDATE observation SET tag = tag || 'x'", FIRST],
    ["an observation under a later run", `UPDATE observation SET run = '${SECOND}'`, SECOND],
    ["a change that is no JSON", "UPDATE change SET change = 'x'", FIRST],
    ["a run that claims to be from before the chain", forge("2020-01-01T00:00:00Z"), THIRD],
    ["a run that never ended", forge(null), THIRD],
  ])("names the run of %s", async (_, sql, run) => {
    const path = join(makeDirectory(), "history.db");
    const store = openSqliteHistory(path);
    await record(store);
    await store.close();
    expect(await faultOf(openSqliteHistory(path))).toBeNull();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    expect(await faultOf(openSqliteHistory(path))).toEqual([run, "changed"]);
  });
});

/** A complete night that never was. */
function forge(finishedAt: string | null): string {
  const end = finishedAt === null ? "NULL" : `'${finishedAt}'`;
  return `INSERT INTO run VALUES ('${THIRD}', 'closed', '${THIRD}', ${end}, 1, 0, '[]', NULL, 0, NULL, 99)`;
}

describe.skipIf(!HAS_DYNAMODB)("a history in DynamoDB in which somebody wrote what no Sealwatch writes", () => {
  const server = startDynamodb();
  const closed = { status: { S: "closed" }, startedAt: { S: THIRD }, finishedAt: { S: "2020-01-01T00:00:00Z" }, exitCode: { N: "0" } };
  it.each([
    ["a run that is no record", "RUN", FIRST, { ...closed, coverage: { B: new Uint8Array([1, 2, 3]) } }, FIRST],
    ["a link that is no JSON", "RUN", SECOND, { ...closed, link: { S: "{" } }, SECOND],
    ["a head that is no JSON", "CHAIN", "head", { head: { S: "x" } }, SECOND],
    ["an observation that is no JSON", `O#${REPOSITORY}`, `${FIRST}#1.0.0`, { observation: { S: "x" } }, FIRST],
    ["an observation of another tag", `O#${REPOSITORY}`, `${FIRST}#1.0.0`, { observation: { S: JSON.stringify(observation({})) } }, FIRST],
    ["a change that is no JSON", `C#${REPOSITORY}`, `${FIRST}#0`, { change: { S: "x" } }, FIRST],
    ["a run that claims to be from before the chain", "RUN", THIRD, closed, THIRD],
  ])("names the run of %s", async (_, pk, sk, attributes, run) => {
    const table = await server.createTable();
    await record(server.open(table));
    expect(await faultOf(server.open(table))).toBeNull();
    const client = server.connect();
    await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, sk: { S: sk }, ...attributes } }));
    expect(await faultOf(server.open(table))).toEqual([run, "changed"]);
    client.destroy();
    await server.dropTable(table);
  });
});
