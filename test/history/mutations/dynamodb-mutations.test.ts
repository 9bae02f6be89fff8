import { DeleteItemCommand, PutItemCommand, ScanCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import type { KeyObject } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { verifyChain } from "../../../lib/history/chain/verify-chain.ts";
import { HAS_DYNAMODB, startDynamodb } from "../dynamodb-server.ts";
import { changesOf } from "./change-values.ts";
import { isFound, playHistory } from "./play-history.ts";

type Item = Record<string, AttributeValue>;

/** What no link covers (see README.md of lib/history), by the beginning of the partition key. */
const UNCOVERED = ["OUTBOX", "SENT", "TOLD", "CLOSED", "META", "E#", "TEXT#", "DOCUMENT#", "REPOSITORY"];
/** Attributes that are no part of what was recorded: counts of writers, and copies of what the item says elsewhere. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  FINDING: ["version", "number"],
  LIVE: ["number"],
  PENDING: ["number", "held"],
  RUNS: ["begun", "ended", "document"],
  CHAIN: ["position"],
  "R#": ["run"],
  "C#": ["number"],
};

describe.skipIf(!HAS_DYNAMODB)("a history in DynamoDB that somebody changes who has no key", () => {
  const server = startDynamodb();
  const own: { table: string; key?: KeyObject } = { table: "" };
  beforeAll(async () => {
    own.table = await server.createTable();
    own.key = await playHistory(server.open(own.table));
  });
  const send: ReturnType<typeof server.connect>["send"] = (command: never) => server.connect().send(command) as never;
  const listItems = async (): Promise<Item[]> => (await send(new ScanCommand({ TableName: own.table }))).Items ?? [];
  const listCovered = async (): Promise<Item[]> =>
    (await listItems()).filter(({ pk }) => !UNCOVERED.some((begin) => pk!.S!.startsWith(begin)));
  const put = async (item: Item): Promise<void> => void (await send(new PutItemCommand({ TableName: own.table, Item: item })));
  const remove = async ({ pk, sk }: Item): Promise<void> =>
    void (await send(new DeleteItemCommand({ TableName: own.table, Key: { pk: pk!, sk: sk! } })));
  const isSeen = (): Promise<boolean> => isFound(server.open(own.table), own.key!);
  const nameOf = ({ pk, sk }: Item): string => `${pk!.S} ${sk!.S}`;

  it("is whole before that", async () => {
    const kinds = new Set((await listCovered()).map(({ pk }) => pk!.S!.replace(/#.*/, "#")));
    expect([...kinds].toSorted()).toEqual(["C#", "CHAIN", "FINDING", "LIVE", "O#", "PENDING", "R#", "RUN", "RUNS"]);
    expect(await verifyChain(server.open(own.table), { key: own.key! })).toMatchObject({ fault: null, waiting: 0, signed: true, runs: 5 });
  });

  it("shows each item that is gone", async () => {
    const unseen: string[] = [];
    for (const item of await listCovered()) {
      await remove(item);
      if (!(await isSeen())) unseen.push(nameOf(item));
      await put(item);
    }
    expect(unseen).toEqual([]);
  });

  it("shows each value that is another", async () => {
    const unseen: string[] = [];
    for (const item of await listCovered()) {
      const kind = item["pk"]!.S!.replace(/#.*/, "#");
      for (const [name, value] of Object.entries(item)) {
        if (name === "pk" || name === "sk" || UNSEEN[kind]?.includes(name)) continue;
        if (name === "number" && item["sk"]!.S!.startsWith("P#")) continue;
        for (const [what, changed] of changesOfAttribute(value)) {
          await put({ ...item, [name]: changed });
          if (!(await isSeen())) unseen.push(`${name}${what} of ${nameOf(item)}`);
        }
      }
      await put(item);
    }
    expect(unseen).toEqual([]);
  });

  it("shows each item that was added under another key", async () => {
    const unseen: string[] = [];
    for (const item of await listCovered()) {
      const [pk, sk] = [item["pk"]!.S!, item["sk"]!.S!];
      // The copy of a head, of a pointer, of a run or of a signature is nowhere read, or changes nothing that is read.
      if (["CHAIN", "RUN", "RUNS", "PENDING"].includes(pk) || sk === "S") continue;
      const added = { ...item, sk: { S: `${sk}x` } };
      await put(added);
      if (!(await isSeen())) unseen.push(nameOf(item));
      await remove(added);
    }
    expect(unseen).toEqual([]);
  });
});

function changesOfAttribute({ S, N, B, BOOL }: AttributeValue): [string, AttributeValue][] {
  if (S !== undefined) return changesOf(S).map(([what, changed]) => [what, { S: typeof changed === "string" ? changed : "" }]);
  if (N !== undefined) return [["", { N: String(Number(N) + 1) }]];
  if (B !== undefined) return [["", { B: new Uint8Array([...B].toReversed()) }]];
  return [["", { BOOL: BOOL !== true }]];
}
