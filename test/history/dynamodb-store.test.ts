import { randomBytes } from "node:crypto";
import { PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HistoryStore } from "../../lib/history/store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { HAS_DYNAMODB, startDynamodb } from "./dynamodb-server.ts";
import { tapWire } from "./dynamodb-wire.ts";
import { change, finding, judgement, NIGHTS, observation, REPOSITORY, repositoryState, SIGNED, tagState } from "./examples.ts";
import { describeHistoryStore } from "./store-contract.ts";

const newTag = (tag: string, more = {}) => tagState(tag, judgement(SIGNED), { version: 0, ...more });
const WRITES = new Set(["PutItem", "UpdateItem", "TransactWriteItems"]);

describe.skipIf(!HAS_DYNAMODB)("DynamoDB", () => {
  const server = startDynamodb();
  let table: string;
  let store: HistoryStore;
  beforeEach(async () => {
    table = await server.createTable();
    store = server.open(table);
  });
  afterEach(() => server.dropTable(table));

  describeHistoryStore("DynamoDB", async () => {
    const own = await server.createTable();
    return { open: () => server.open(own), remove: () => server.dropTable(own) };
  });

  /** A store whose requests are counted. */
  const openTapped = () => {
    const client = server.connect();
    const wire = tapWire(client);
    return { wire, client, tapped: server.open(table, { client }) };
  };
  const put = (pk: string, sk: string, more: Record<string, { S: string } | { N: string } | { B: Uint8Array }>) =>
    server.connect().send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, sk: { S: sk }, ...more } }));
  const readPartition = async (pk: string) => {
    const values = { ":pk": { S: pk } };
    const input = { TableName: table, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: values };
    return (await server.connect().send(new QueryCommand(input))).Items!;
  };

  describe("a night on which nothing changed", () => {
    it("asks once a repository, once for the schema, and writes nothing", async () => {
      const tags = Array.from({ length: 50 }, (_, at) => newTag(`v1.${at}.0`, { pending: at === 7 ? [change({ tag: "v1.7.0" })] : [] }));
      await store.record(REPOSITORY, { repository: repositoryState(), tags });
      const { wire, tapped } = openTapped();
      for (let night = 0; night < 3; night++) {
        const { tags: loaded } = await tapped.loadRepository(REPOSITORY);
        expect([loaded.size, loaded.get("v1.7.0")?.pending.length]).toEqual([50, 1]);
        await tapped.pendingChanges();
        await tapped.findings({ live: true });
        await tapped.unsentOutbox();
      }
      expect(wire.asked).toEqual(["GetItem", ...Array.from({ length: 12 }, () => "Query")]);
    });

    it("writes no evidence that is there", async () => {
      const evidence = new Map([new TextEncoder().encode("one"), randomBytes(900_000)].map((bytes) => [digestOf(bytes), bytes]));
      await store.saveEvidence(evidence);
      const { wire, tapped } = openTapped();
      await tapped.saveEvidence(evidence);
      expect(wire.asked.filter((operation) => WRITES.has(operation))).toEqual([]);
    });
  });

  describe("what many do at once", () => {
    it("counts every one of sixteen recorders of one tag", async () => {
      await store.record(REPOSITORY, { repository: null, tags: [newTag("latest")] });
      const recorders = Array.from({ length: 16 }, async (_, at) => {
        const own = server.open(table);
        for (let isLost = true; isLost;) {
          const read = (await own.loadRepository(REPOSITORY)).tags.get("latest")!;
          const pending = [...read.pending, change({ id: `change-${at}`, tag: "latest" })];
          isLost = await own.record(REPOSITORY, { repository: null, tags: [{ ...read, pending }] }).then(() => false, isConflict);
        }
      });
      await Promise.all(recorders);
      expect((await store.loadRepository(REPOSITORY)).tags.get("latest")).toMatchObject({ version: 17, pending: { length: 16 } });
      expect(await store.pendingChanges()).toHaveLength(16);
    });

    it("keeps the whole document of one of two that close a run", async () => {
      const run = { id: NIGHTS[2], finishedAt: NIGHTS[3], complete: true, coverage: [], watchList: null, exitCode: 0 };
      await store.openRun({ id: NIGHTS[2], startedAt: NIGHTS[2], partial: false });
      const documents = [0, 1].map((at) => `${at}${randomBytes(1_000_000).toString("base64")}`);
      await Promise.all(documents.map((document, exitCode) => server.open(table).closeRun({ ...run, document, exitCode })));
      const [closed] = await store.runs({ limit: 1 });
      expect(await store.loadDocument(NIGHTS[2])).toBe(documents[closed!.exitCode!]);
    });

    it("concludes a change once, though sixteen try", async () => {
      await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
      const attempts = Array.from({ length: 16 }, () =>
        server.open(table).conclude({ changes: [change()], findings: [finding({ version: 0 })], outbox: [] }),
      );
      expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
    });
  });

  describe("sizes", () => {
    it("keeps evidence of megabytes, to the byte", async () => {
      const bytes = randomBytes(5_000_000);
      await store.saveEvidence(new Map([[digestOf(bytes), bytes]]));
      expect(Buffer.compare((await server.open(table).loadEvidence(digestOf(bytes)))!, bytes)).toBe(0);
    });

    it("keeps evidence that is empty, or as long as one chunk", async () => {
      for (const bytes of [new Uint8Array(0), randomBytes(350 * 1024), randomBytes(350 * 1024 + 1)]) {
        await store.saveEvidence(new Map([[digestOf(bytes), bytes]]));
        expect(Buffer.compare((await store.loadEvidence(digestOf(bytes)))!, bytes)).toBe(0);
      }
    });

    it("says which state is larger than an item may be", async () => {
      const large = newTag("v1.4.2", { shown: { verdict: "unknown", reason: null, explanation: "ä".repeat(210_000), since: NIGHTS[0] } });
      await expect(store.record(REPOSITORY, { repository: repositoryState(), tags: [large] })).rejects.toMatchObject({
        code: "history",
        retryable: false,
        message: expect.stringMatching(
          /^write R#registry\.example\/acme\/app T#v1\.4\.2: it has 41\d KB, and DynamoDB keeps at most 400 KB/,
        ),
      });
      expect(await store.loadRepository(REPOSITORY)).toEqual({ repository: null, tags: new Map() });
    });

    it("takes a state that is just as large as an item may be", async () => {
      const explanation = "x".repeat(400 * 1024 - 2000);
      await store.record(REPOSITORY, {
        repository: null,
        tags: [newTag("v1.4.2", { shown: { verdict: "unknown", reason: null, explanation, since: NIGHTS[0] } })],
      });
      expect((await store.loadRepository(REPOSITORY)).tags.get("v1.4.2")?.shown.explanation).toBe(explanation);
    });

    it("refuses what cannot be written together, and writes nothing of it", async () => {
      const changes = Array.from({ length: 34 }, (_, at) => change({ id: `change-${at}` }));
      await expect(store.conclude({ changes, findings: [], outbox: [] })).rejects.toMatchObject({ code: "internal" });
      expect(await store.changes(REPOSITORY)).toEqual([]);
    });

    it("concludes nothing where there is nothing to conclude", async () => {
      expect(await store.conclude({ changes: [], findings: [], outbox: [] })).toBe(true);
    });
  });

  describe("findings that opened again", () => {
    it("are live, whatever run closed them", async () => {
      await store.saveFinding(finding({ version: 0 }));
      await store.saveFinding(finding({ version: 1, status: "resolved", resolvedAt: NIGHTS[2] }));
      await store.saveFinding(finding({ version: 2 }));
      expect(await store.findings({ live: false, closedSince: NIGHTS[1] })).toEqual([finding({ version: 3 })]);
      await store.saveFinding(finding({ version: 3, status: "resolved", resolvedAt: NIGHTS[3] }));
      expect(await store.findings({ live: false, closedSince: NIGHTS[1] })).toMatchObject([{ version: 4, resolvedAt: NIGHTS[3] }]);
      expect(await store.findings({ live: true })).toEqual([]);
    });
  });

  describe("what expires", () => {
    const DAY = 86_400_000;

    it("is the document of a run, after 90 days; DynamoDB is not waited for", async () => {
      const opened = Date.parse("2026-11-20T02:00:00Z");
      const closing = { finishedAt: NIGHTS[3], complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 };
      const first = server.open(table, { now: () => opened });
      await first.openRun({ id: NIGHTS[2], startedAt: NIGHTS[2], partial: false });
      await first.closeRun({ id: NIGHTS[2], ...closing });
      expect(await server.open(table, { now: () => opened + 89 * DAY }).loadDocument(NIGHTS[2])).toBe("{}");
      const later = server.open(table, { now: () => opened + 90 * DAY });
      expect(await later.loadDocument(NIGHTS[2])).toBeNull();
      expect(await later.runs({ limit: 1 })).toMatchObject([{ status: "closed" }]);
    });

    it("is what was sent, and nothing else", async () => {
      const entry = {
        id: "one",
        channel: "oncall",
        run: NIGHTS[2],
        findingId: "7Q3K9D2M",
        kind: "opened",
        summary: null,
        sentAt: null,
      } as const;
      await store.record(REPOSITORY, {
        repository: repositoryState(),
        tags: [newTag("v1.4.2", { pending: [change()], observation: observation() })],
      });
      await store.conclude({ changes: [change()], findings: [finding({ version: 0 })], outbox: [entry, { ...entry, id: "two" }] });
      await store.markSent("one", "2026-11-20T02:05:00Z");
      const [sent] = await readPartition("SENT");
      expect(sent).toMatchObject({ sk: { S: "one" }, expires: { N: expect.stringMatching(/^\d{10}$/) } });
      for (const pk of [`R#${REPOSITORY}`, `O#${REPOSITORY}`, `C#${REPOSITORY}`, "FINDING", "LIVE", "OUTBOX", "TOLD", "META"]) {
        const items = await readPartition(pk);
        expect(items.length, pk).toBeGreaterThan(0);
        for (const item of items) expect(item).not.toHaveProperty("expires");
      }
    });
  });

  describe("a table that somebody else wrote", () => {
    it("is marked by the first write, not by reading", async () => {
      await store.loadRepository(REPOSITORY);
      expect(await readPartition("META")).toEqual([]);
      await store.saveFinding(finding({ version: 0 }));
      expect(await readPartition("META")).toEqual([{ pk: { S: "META" }, sk: { S: "schema" }, version: { N: "3" } }]);
    });

    it("is marked anew by the first write, where an earlier Sealwatch wrote it", async () => {
      await put("META", "schema", { version: { N: "1" } });
      await store.saveFinding(finding({ version: 0 }));
      expect(await readPartition("META")).toMatchObject([{ version: { N: "3" } }]);
    });

    it("is refused with a remedy where a later Sealwatch did, and stays as it is", async () => {
      await put("META", "schema", { version: { N: "7" } });
      const newer = expect.objectContaining({
        code: "history-newer",
        message: `open the history dynamodb://${table}: it has schema version 7 and this Sealwatch reads up to 3; install the version that wrote it, or a newer one`,
      });
      await expect(store.loadRepository(REPOSITORY)).rejects.toEqual(newer);
      await expect(store.saveFinding(finding({ version: 0 }))).rejects.toEqual(newer);
      await expect(Array.fromAsync(store.observations(REPOSITORY, {}))).rejects.toEqual(newer);
      expect(await readPartition("FINDING")).toEqual([]);
    });

    it("does not pass other bytes for evidence", async () => {
      const bytes = new TextEncoder().encode("signed");
      await store.saveEvidence(new Map([[digestOf(bytes), bytes]]));
      await put(`E#${digestOf(bytes)}`, "0000", { bytes: { B: new TextEncoder().encode("forged") }, count: { N: "1" } });
      await expect(store.loadEvidence(digestOf(bytes))).rejects.toMatchObject({
        code: "history-damaged",
        message: expect.stringContaining(digestOf(bytes)),
      });
    });

    it("says which item is none of a history", async () => {
      await put(`R#${REPOSITORY}`, "T#v1.4.2", { version: { N: "1" } });
      await expect(store.loadRepository(REPOSITORY)).rejects.toMatchObject({
        code: "history",
        message: expect.stringContaining("T#v1.4.2: the attribute state is not a string"),
      });
    });
  });
});

function isConflict(error: unknown): true {
  if (error instanceof SealwatchError && error.code === "history-conflict") return true;
  throw error;
}
