import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { describeConclusionContract } from "./conclusion-contract.ts";
import { change, digest, judgement, NIGHTS, REPOSITORY, SIGNED, tagState } from "./examples.ts";
import { describeStateContract } from "./state-contract.ts";
import { openStorePair, type TemporaryHistory } from "./store-pair.ts";

const newTag = (tag = "v1.4.2", more = {}) => tagState(tag, judgement(SIGNED), { version: 0, ...more });
const opened = { id: NIGHTS[2], startedAt: "2026-11-20T02:00:03Z", partial: false };
const closing = {
  id: NIGHTS[2],
  finishedAt: "2026-11-20T02:04:00Z",
  complete: true,
  coverage: [{ repository: REPOSITORY, listed: true, expected: 4, releases: 4, judged: 4, unknown: 0 }],
  watchList: digest("c"),
  document: '{"run":{}}',
  exitCode: 1,
};

/** What every history store promises; run it once for each adapter. */
export function describeHistoryStore(adapter: string, create: () => TemporaryHistory | Promise<TemporaryHistory>): void {
  describe(`a history in ${adapter}`, () => {
    const pair = openStorePair(create);

    describeStateContract(pair);
    describeConclusionContract(pair);

    describe("runs", () => {
      it("opens a run once, however often it is started", async () => {
        const first = await pair.store.openRun(opened);
        expect(first).toEqual({
          ...opened,
          number: 1,
          status: "open",
          finishedAt: null,
          complete: false,
          coverage: [],
          watchList: null,
          exitCode: null,
          link: null,
        });
        expect(await pair.other.openRun({ ...opened, startedAt: "2026-11-20T03:00:00Z", partial: true })).toEqual(first);
      });

      it("answers a start of a closed run with its document and exit code", async () => {
        await pair.store.openRun(opened);
        const closed = await pair.store.closeRun(closing);
        const { document, ...record } = closing;
        expect(closed).toEqual({
          ...opened,
          ...record,
          number: 1,
          status: "closed",
          link: expect.objectContaining({ position: 1, before: null }),
        });
        expect(await pair.other.openRun(opened)).toEqual(closed);
        expect(await pair.other.loadDocument(NIGHTS[2])).toBe(document);
      });

      it("leaves a closed run as it is when it is closed again", async () => {
        await pair.store.openRun(opened);
        const closed = await pair.store.closeRun(closing);
        expect(await pair.other.closeRun({ ...closing, document: "{}", exitCode: 0 })).toEqual(closed);
        expect(await pair.other.loadDocument(NIGHTS[2])).toBe(closing.document);
        await pair.other.abandonRun(NIGHTS[2]);
        expect(await pair.store.runs({ limit: 1 })).toEqual([closed]);
      });

      it("keeps a document of megabytes", async () => {
        await pair.store.openRun(opened);
        const document = JSON.stringify({ text: "ä".repeat(4_000_000) });
        await pair.store.closeRun({ ...closing, document });
        expect(await pair.other.loadDocument(NIGHTS[2])).toBe(document);
      });

      it("keeps a document that comes in pieces", async () => {
        await pair.store.openRun(opened);
        await pair.store.closeRun({ ...closing, document: ['{"a":', '"ä"', "}"] });
        expect(await pair.other.loadDocument(NIGHTS[2])).toBe('{"a":"ä"}');
      });

      it("has no document of a run that is open or was never there", async () => {
        await pair.store.openRun(opened);
        expect(await pair.store.loadDocument(NIGHTS[2])).toBeNull();
        expect(await pair.store.loadDocument(NIGHTS[1])).toBeNull();
      });

      it("numbers runs in the order in which they are opened, and lists the newest first, before the one that is named", async () => {
        for (const id of [NIGHTS[1], NIGHTS[3], NIGHTS[0], NIGHTS[2]]) await pair.store.openRun({ ...opened, id });
        const ids = async (options: { limit: number; before?: string }) => (await pair.other.runs(options)).map((run) => run.id);
        expect(await ids({ limit: 3 })).toEqual([NIGHTS[2], NIGHTS[0], NIGHTS[3]]);
        expect(await ids({ limit: 5, before: NIGHTS[0] })).toEqual([NIGHTS[3], NIGHTS[1]]);
        expect(await ids({ limit: 5, before: "2026-11-20T00:00:00Z" })).toEqual([NIGHTS[0], NIGHTS[1]]);
        expect((await pair.other.runs({ limit: 9 })).map(({ number }) => number)).toEqual([4, 3, 2, 1]);
        expect(await pair.other.loadRun(NIGHTS[3])).toMatchObject({ id: NIGHTS[3], number: 2 });
        expect(await pair.other.loadRun("2026-11-20T00:00:00Z")).toBeNull();
      });

      it("abandons an open run and keeps its pending changes", async () => {
        await pair.store.openRun(opened);
        await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
        await pair.store.abandonRun(NIGHTS[2]);
        expect((await pair.store.closeRun(closing)).status).toBe("abandoned");
        expect(await pair.store.pendingChanges()).toEqual([change()]);
      });
    });

    describe("evidence", () => {
      it("is kept once under its digest", async () => {
        const bytes = new TextEncoder().encode('{"schemaVersion":2}');
        await pair.store.saveEvidence(new Map([[digestOf(bytes), bytes]]));
        await pair.other.saveEvidence(new Map([[digestOf(bytes), bytes]]));
        expect(await pair.other.loadEvidence(digestOf(bytes))).toEqual(bytes);
        expect(await pair.other.loadEvidence(digest("a"))).toBeNull();
      });

      it("is refused under a digest that does not name it", async () => {
        await expect(pair.store.saveEvidence(new Map([[digest("a"), new Uint8Array([1])]]))).rejects.toMatchObject({ code: "internal" });
        expect(await pair.store.loadEvidence(digest("a"))).toBeNull();
      });
    });

    it("is closed without complaint when it is closed twice", async () => {
      await pair.store.close();
      await expect(pair.store.close()).resolves.toBeUndefined();
    });
  });
}
