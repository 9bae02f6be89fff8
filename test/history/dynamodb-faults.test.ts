import { randomBytes } from "node:crypto";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, it } from "vitest";
import type { HistoryStore } from "../../lib/history/store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { HAS_DYNAMODB, startDynamodb } from "./dynamodb-server.ts";
import { tapWire } from "./dynamodb-wire.ts";
import { change, digest, finding, judgement, NIGHTS, observation, REPOSITORY, repositoryState, SIGNED, tagState } from "./examples.ts";

const newTag = (tag: string, more = {}) => tagState(tag, judgement(SIGNED), { version: 0, ...more });
const outbox = [
  { id: "change-1/7Q3K9D2M/oncall", channel: "oncall", run: NIGHTS[2], findingId: "7Q3K9D2M", kind: "opened", summary: null, sentAt: null },
] as const;
const conclusion = { changes: [change()], findings: [finding({ version: 0 })], outbox };
const bytes = randomBytes(1_000_000);
const closing = {
  id: NIGHTS[2],
  finishedAt: "2026-11-20T02:04:00Z",
  complete: true,
  coverage: [],
  watchList: digest("c"),
  document: bytes.toString("base64"),
  exitCode: 0,
};
const claim = { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00Z" };
const states = {
  repository: repositoryState({ pending: [change({ id: "change-2", tag: null })] }),
  tags: [newTag("v1.4.1"), newTag("v1.4.2", { pending: [change()], observation: observation() })],
};

interface Write {
  readonly name: string;
  readonly prepare?: (store: HistoryStore) => Promise<unknown>;
  readonly work: (store: HistoryStore) => Promise<unknown>;
  /** What a caller does after a failure; the same again, where this is not named. */
  readonly again?: (store: HistoryStore) => Promise<unknown>;
}

const openRun = (store: HistoryStore) => store.openRun({ id: NIGHTS[2], startedAt: "2026-11-20T02:00:03Z", partial: false });
const recordStates = (store: HistoryStore) => store.record(REPOSITORY, states);
const concludeOne = async (store: HistoryStore) => {
  await recordStates(store);
  await store.conclude(conclusion);
};
/** Reads again, and records what is not there. */
const recordRest = async (store: HistoryStore) => {
  const { tags, repository } = await store.loadRepository(REPOSITORY);
  const left = states.tags.filter(({ tag }) => !tags.has(tag));
  await store.record(REPOSITORY, { repository: repository === null ? states.repository : null, tags: left });
};

const WRITES: readonly Write[] = [
  { name: "opening a run", work: openRun },
  { name: "closing a run with its document", prepare: openRun, work: (store) => store.closeRun(closing) },
  { name: "abandoning a run", prepare: openRun, work: (store) => store.abandonRun(NIGHTS[2]) },
  { name: "recording states", work: recordStates, again: recordRest },
  { name: "holding changes", prepare: recordStates, work: (store) => store.holdChanges([change(), change({ id: "change-2", tag: null })]) },
  { name: "concluding", prepare: recordStates, work: (store) => store.conclude(conclusion) },
  {
    name: "saving a finding",
    prepare: concludeOne,
    work: (store) => store.saveFinding(finding({ status: "resolved", resolvedAt: NIGHTS[3] })),
  },
  { name: "claiming", prepare: concludeOne, work: (store) => store.claimOutbox(outbox[0].id, claim) },
  { name: "marking as sent", prepare: concludeOne, work: (store) => store.markSent(outbox[0].id, claim.now) },
  { name: "saving evidence", work: (store) => store.saveEvidence(new Map([[digestOf(bytes), bytes]])) },
];

describe.skipIf(!HAS_DYNAMODB)("a connection that is lost", () => {
  const server = startDynamodb();
  const opened: string[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((table) => server.dropTable(table)));
  });

  /** A new table, what was in it before the write, and a store whose requests can be broken. */
  const open = async ({ prepare }: Write, maxAttempts: number) => {
    const table = await server.createTable();
    opened.push(table);
    const now = () => Date.parse("2026-11-20T02:05:00Z");
    const healthy = server.open(table, { now });
    await prepare?.(healthy);
    const client = server.connect({ maxAttempts });
    const wire = tapWire(client);
    const store = server.open(table, { client, now });
    const read = async () => {
      const { Items } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return Items!.toSorted((a, b) => (JSON.stringify([a["pk"], a["sk"]]) < JSON.stringify([b["pk"], b["sk"]]) ? -1 : 1));
    };
    return { healthy, wire, store, read };
  };

  /** The write undisturbed: its result, what is in the table then, and how many requests it took. */
  const undisturbed = async (write: Write) => {
    const { wire, store, read } = await open(write, 1);
    const result = await write.work(store);
    const writes = wire.asked.filter((operation) => !["GetItem", "Query"].includes(operation)).length;
    return { result, items: await read(), writes };
  };

  const cases = WRITES.flatMap((write) => (["request lost", "answer lost"] as const).map((fault) => ({ ...write, fault })));

  it.each(cases)("is nobody's concern while $name, where the SDK tries again ($fault)", async ({ fault, ...write }) => {
    const { result, items, writes } = await undisturbed(write);
    expect(writes).toBeGreaterThan(0);
    for (let broken = 1; broken <= writes; broken++) {
      const { wire, store, read } = await open(write, 3);
      wire.fault = (_, nth) => (nth === broken ? fault : null);
      expect(await write.work(store)).toEqual(result);
      expect(await read()).toEqual(items);
    }
  });

  it.each(cases)("leaves what a repetition completes while $name ($fault)", async ({ fault, ...write }) => {
    const { items, writes } = await undisturbed(write);
    for (let broken = 1; broken <= writes; broken++) {
      const { healthy, wire, store, read } = await open(write, 1);
      wire.fault = (_, nth) => (nth === broken ? fault : null);
      await expect(write.work(store)).rejects.toMatchObject({ code: "history", retryable: true });
      wire.fault = () => null;
      await (write.again ?? write.work)(healthy).catch(ignoreConflict);
      expect(await read()).toEqual(items);
    }
  });

  it("in the middle of evidence leaves none, and no document in the middle of a run's", async () => {
    const { healthy, wire, store } = await open({ name: "", work: openRun, prepare: openRun }, 1);
    const before = wire.asked.length;
    wire.fault = (_, nth) => (nth === 2 ? "request lost" : null);
    await expect(store.saveEvidence(new Map([[digestOf(bytes), bytes]]))).rejects.toMatchObject({ retryable: true });
    expect(wire.asked.length).toBeGreaterThan(before + 2);
    expect(await healthy.loadEvidence(digestOf(bytes))).toBeNull();
    wire.fault = (operation) => (operation === "TransactWriteItems" ? "request lost" : null);
    await expect(store.closeRun(closing)).rejects.toMatchObject({ retryable: true });
    expect(await healthy.loadDocument(NIGHTS[2])).toBeNull();
    expect(await healthy.runs({ limit: 1 })).toMatchObject([{ status: "open" }]);
  });
});

function ignoreConflict(error: unknown): void {
  if (!(error instanceof SealwatchError) || error.code !== "history-conflict") throw error;
}
