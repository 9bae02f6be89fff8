import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HistoryStore } from "../../lib/history/store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { change, digest, finding, judgement, NIGHTS, REPOSITORY, repositoryState, SIGNED, tagState } from "./examples.ts";
import { failButWritten, failNotWritten } from "./faulty-store.ts";

/** A history that can be opened more than once, as by two processes. */
export interface TemporaryHistory {
  open(): HistoryStore;
  remove(): Promise<void>;
}

const newTag = (tag = "v1.4.2", more = {}) => tagState(tag, judgement(SIGNED), { version: 0, ...more });
const opened = { id: NIGHTS[2], startedAt: "2026-11-20T02:00:03Z", partial: false };
const closing = {
  id: NIGHTS[2],
  finishedAt: "2026-11-20T02:04:00Z",
  complete: true,
  coverage: [{ repository: REPOSITORY, listed: true, releases: 4, judged: 4, unknown: 0 }],
  document: '{"run":{}}',
  exitCode: 1,
};
const outboxEntry = (id: string, run: string = NIGHTS[2]) =>
  ({ id, channel: "oncall", run, findingId: "7Q3K9D2M", kind: "opened", sentAt: null }) as const;

const conflict = expect.objectContaining({ code: "history-conflict", retryable: true });

/** What every history store promises; run it once for each adapter. */
export function describeHistoryStore(adapter: string, create: () => TemporaryHistory): void {
  describe(`a history in ${adapter}`, () => {
    let history: TemporaryHistory;
    let store: HistoryStore;
    let other: HistoryStore;

    beforeEach(() => {
      history = create();
      store = history.open();
      other = history.open();
    });
    afterEach(async () => {
      await store.close();
      await other.close();
      await history.remove();
    });

    describe("runs", () => {
      it("opens a run once, however often it is started", async () => {
        const first = await store.openRun(opened);
        expect(first).toEqual({
          ...opened,
          status: "open",
          finishedAt: null,
          complete: false,
          coverage: [],
          document: null,
          exitCode: null,
        });
        expect(await other.openRun({ ...opened, startedAt: "2026-11-20T03:00:00Z", partial: true })).toEqual(first);
      });

      it("answers a start of a closed run with its document and exit code", async () => {
        await store.openRun(opened);
        const closed = await store.closeRun(closing);
        expect(closed).toMatchObject({ ...closing, status: "closed" });
        expect(await other.openRun(opened)).toEqual(closed);
      });

      it("leaves a closed run as it is when it is closed again", async () => {
        await store.openRun(opened);
        const closed = await store.closeRun(closing);
        expect(await other.closeRun({ ...closing, document: "{}", exitCode: 0 })).toEqual(closed);
        await other.abandonRun(NIGHTS[2]);
        expect(await store.runs({ limit: 1 })).toEqual([closed]);
      });

      it("keeps a document of megabytes", async () => {
        await store.openRun(opened);
        const document = JSON.stringify({ text: "ä".repeat(4_000_000) });
        expect((await store.closeRun({ ...closing, document })).document).toBe(document);
      });

      it("lists runs newest first, as many as asked for, before the one that is named", async () => {
        for (const id of [NIGHTS[1], NIGHTS[3], NIGHTS[0], NIGHTS[2]]) await store.openRun({ ...opened, id });
        const ids = async (options: { limit: number; before?: string }) => (await other.runs(options)).map((run) => run.id);
        expect(await ids({ limit: 3 })).toEqual([NIGHTS[3], NIGHTS[2], NIGHTS[1]]);
        expect(await ids({ limit: 5, before: NIGHTS[2] })).toEqual([NIGHTS[1], NIGHTS[0]]);
      });

      it("abandons an open run and keeps its pending changes", async () => {
        await store.openRun(opened);
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
        await store.abandonRun(NIGHTS[2]);
        expect((await store.closeRun(closing)).status).toBe("abandoned");
        expect(await store.pendingChanges()).toEqual([change()]);
      });
    });

    describe("states", () => {
      it("knows nothing of a repository that was never recorded", async () => {
        expect(await store.loadRepository(REPOSITORY)).toEqual({ repository: null, tags: new Map() });
      });

      it("gives back what was recorded, one version on", async () => {
        const tag = newTag("v1.4.2", { pending: [change()], flooded: true });
        const repository = repositoryState({ pending: [change({ id: "change-2", tag: null })] });
        await store.record(REPOSITORY, { repository, tags: [tag, newTag("latest")] });
        expect(await other.loadRepository(REPOSITORY)).toEqual({
          repository: { ...repository, version: 1 },
          tags: new Map([
            ["v1.4.2", { ...tag, version: 1 }],
            ["latest", { ...newTag("latest"), version: 1 }],
          ]),
        });
      });

      it("keeps repositories apart", async () => {
        await store.record(REPOSITORY, { repository: repositoryState(), tags: [newTag()] });
        expect((await store.loadRepository(`${REPOSITORY}-other`)).tags.size).toBe(0);
      });

      it("writes nothing of a record whose one condition is lost", async () => {
        await store.record(REPOSITORY, { repository: repositoryState(), tags: [newTag("v1.4.1"), newTag()] });
        const before = await store.loadRepository(REPOSITORY);
        const read = [...before.tags.values()];
        await other.record(REPOSITORY, { repository: null, tags: [read[1]!] });
        const late = store.record(REPOSITORY, {
          repository: { ...before.repository!, everSigned: true, pending: [change({ tag: null })] },
          tags: read.map((tag) => ({ ...tag, removedSince: NIGHTS[2], pending: [change({ tag: tag.tag, id: `change ${tag.tag}` })] })),
        });
        await expect(late).rejects.toEqual(conflict);
        const after = await store.loadRepository(REPOSITORY);
        expect(after.repository).toEqual(before.repository);
        expect([...after.tags.values()].map(({ version, removedSince }) => [version, removedSince])).toEqual([
          [1, null],
          [2, null],
        ]);
        expect(await store.pendingChanges()).toEqual([]);
      });

      it.each(["repository", "tag"] as const)("lets one of two first records of a %s win", async (what) => {
        const states = { repository: what === "repository" ? repositoryState() : null, tags: what === "tag" ? [newTag()] : [] };
        await store.record(REPOSITORY, states);
        await expect(other.record(REPOSITORY, states)).rejects.toEqual(conflict);
      });

      it("never lets an older run replace what a newer one wrote", async () => {
        await store.record(REPOSITORY, { repository: repositoryState({ run: NIGHTS[2] }), tags: [newTag("v1.4.2", { run: NIGHTS[2] })] });
        const older = { version: 1, run: NIGHTS[1] };
        await expect(store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", older)] })).rejects.toEqual(conflict);
        await expect(store.record(REPOSITORY, { repository: repositoryState(older), tags: [] })).rejects.toEqual(conflict);
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1, run: NIGHTS[2] })] });
        expect((await store.loadRepository(REPOSITORY)).tags.get("v1.4.2")?.version).toBe(2);
      });

      it("records hundreds of tags together", async () => {
        const tags = Array.from({ length: 800 }, (_, at) => newTag(`v1.${at}.0`));
        await store.record(REPOSITORY, { repository: repositoryState(), tags });
        expect((await other.loadRepository(REPOSITORY)).tags.size).toBe(800);
      });
    });

    describe("pending changes", () => {
      it("come from all runs and repositories, oldest run first", async () => {
        const newer = change({ id: "newer", run: NIGHTS[3] });
        const older = change({ id: "older", run: NIGHTS[1], repository: `${REPOSITORY}-other`, tag: null });
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [newer] })] });
        await store.record(older.repository, { repository: repositoryState({ pending: [older] }), tags: [] });
        expect(await other.pendingChanges()).toEqual([older, newer]);
      });

      it("survive a record that does not name them", async () => {
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1 })] });
        expect(await store.pendingChanges()).toEqual([change()]);
      });

      it("do not come back by a record of a state that was read before they were concluded", async () => {
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
        const read = (await other.loadRepository(REPOSITORY)).tags.get("v1.4.2")!;
        await store.conclude({ change: change(), findings: [], outbox: [] });
        const second = change({ id: "change-2", run: NIGHTS[3] });
        await other.record(REPOSITORY, { repository: null, tags: [{ ...read, pending: [...read.pending, second] }] });
        expect(await store.pendingChanges()).toEqual([second]);
      });
    });

    describe("concluding", () => {
      const conclusion = { change: change(), findings: [finding({ version: 0 })], outbox: [outboxEntry("change-1/7Q3K9D2M/oncall")] };

      beforeEach(async () => {
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
      });

      it("writes change, finding and outbox, and clears the pending mark", async () => {
        expect(await store.conclude(conclusion)).toBe(true);
        expect(await other.changes(REPOSITORY)).toEqual([change()]);
        expect(await other.findings({ live: true })).toEqual([finding({ version: 1 })]);
        expect(await other.unsentOutbox()).toEqual(conclusion.outbox);
        expect(await other.pendingChanges()).toEqual([]);
        expect((await other.loadRepository(REPOSITORY)).tags.get("v1.4.2")?.pending).toEqual([]);
      });

      it("writes nothing for a change that another conclude took", async () => {
        await store.conclude(conclusion);
        const again = { ...conclusion, findings: [finding({ version: 0, id: "SECOND00" })], outbox: [outboxEntry("second")] };
        expect(await other.conclude(again)).toBe(false);
        expect((await store.findings({ live: false })).map(({ id }) => id)).toEqual(["7Q3K9D2M"]);
        expect((await store.unsentOutbox()).map(({ id }) => id)).toEqual(["change-1/7Q3K9D2M/oncall"]);
      });

      it("writes nothing, and leaves the change pending, where a finding was changed since it was read", async () => {
        await store.conclude(conclusion);
        const second = change({ id: "change-2", kind: "recovered" });
        await store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1, pending: [second] })] });
        await other.saveFinding(finding({ status: "acknowledged" }));
        const stale = store.conclude({
          change: second,
          findings: [finding({ version: 1, status: "resolved" })],
          outbox: [outboxEntry("late")],
        });
        await expect(stale).rejects.toEqual(conflict);
        expect(await store.pendingChanges()).toEqual([second]);
        expect(await store.changes(REPOSITORY)).toEqual([change()]);
        expect(await store.unsentOutbox()).toHaveLength(1);
        expect(await store.findings({ live: true })).toEqual([finding({ version: 2, status: "acknowledged" })]);
      });

      it("appends changes in the order of their runs", async () => {
        const later = change({ id: "a-later", run: NIGHTS[3] });
        await store.conclude({ change: later, findings: [], outbox: [] });
        await store.conclude(conclusion);
        expect(await store.changes(REPOSITORY)).toEqual([change(), later]);
      });

      it("can be repeated after it failed before it was written", async () => {
        await expect(failNotWritten(store, "conclude").conclude(conclusion)).rejects.toBeInstanceOf(SealwatchError);
        expect(await other.conclude(conclusion)).toBe(true);
        expect(await store.unsentOutbox()).toHaveLength(1);
      });

      it("can be repeated after it was written and the answer lost", async () => {
        await expect(failButWritten(store, "conclude").conclude(conclusion)).rejects.toBeInstanceOf(SealwatchError);
        expect(await other.conclude(conclusion)).toBe(false);
        expect(await store.unsentOutbox()).toHaveLength(1);
      });
    });

    describe("findings", () => {
      const save = async (...findings: ReturnType<typeof finding>[]) => {
        for (const one of findings) await store.saveFinding(one);
      };

      it("come newest opening first, closed ones only when asked for", async () => {
        await save(
          finding({ version: 0, id: "OLD00000", openedAt: NIGHTS[0] }),
          finding({ version: 0, id: "NEW00000", openedAt: NIGHTS[2], status: "acknowledged" }),
          finding({ version: 0, id: "RESOLVED", openedAt: NIGHTS[1], status: "resolved" }),
          finding({ version: 0, id: "WITHDRAW", openedAt: NIGHTS[3], status: "withdrawn" }),
        );
        expect((await other.findings({ live: true })).map(({ id }) => id)).toEqual(["NEW00000", "OLD00000"]);
        expect((await other.findings({ live: false })).map(({ id }) => id)).toEqual(["WITHDRAW", "NEW00000", "RESOLVED", "OLD00000"]);
      });

      it("are found by the beginning of their id, at most two", async () => {
        await save(
          finding({ version: 0, id: "7Q3K9D2M" }),
          finding({ version: 0, id: "7Q3KAAAA" }),
          finding({ version: 0, id: "7Q3KBBBB" }),
        );
        expect((await store.findingsByPrefix("7Q3K9")).map(({ id }) => id)).toEqual(["7Q3K9D2M"]);
        expect(await store.findingsByPrefix("7Q3K")).toHaveLength(2);
        expect(await store.findingsByPrefix("%Q3K")).toEqual([]);
      });

      it("are replaced on condition of the version that was read", async () => {
        await save(finding({ version: 0 }));
        await store.saveFinding(finding({ version: 1, status: "acknowledged" }));
        await expect(other.saveFinding(finding({ version: 1, status: "resolved" }))).rejects.toEqual(conflict);
        await expect(other.saveFinding(finding({ version: 0 }))).rejects.toEqual(conflict);
        expect(await other.findings({ live: true })).toEqual([finding({ version: 2, status: "acknowledged" })]);
      });
    });

    describe("the outbox", () => {
      beforeEach(async () => {
        const outbox = [outboxEntry("newer", NIGHTS[3]), outboxEntry("older", NIGHTS[1])];
        await store.conclude({ change: change(), findings: [], outbox });
      });

      it("lists what no channel took, oldest run first, until it is sent", async () => {
        expect((await other.unsentOutbox()).map(({ id }) => id)).toEqual(["older", "newer"]);
        await store.markSent("older", "2026-11-20T02:05:00Z");
        await store.markSent("older", "2026-11-20T02:06:00Z");
        expect((await other.unsentOutbox()).map(({ id }) => id)).toEqual(["newer"]);
      });

      it("gives an entry to one of two senders", async () => {
        const claim = { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00Z" };
        const claims = await Promise.all([store.claimOutbox("older", claim), other.claimOutbox("older", claim)]);
        expect(claims.toSorted()).toEqual([false, true]);
        expect(await other.claimOutbox("newer", claim)).toBe(true);
      });

      it("gives it to another when the claim has ended, whatever the form of the time", async () => {
        await store.claimOutbox("older", { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00.000Z" });
        expect(await other.claimOutbox("older", { now: "2026-11-20T02:09:59.999Z", until: "2026-11-20T02:20:00Z" })).toBe(false);
        expect(await other.claimOutbox("older", { now: "2026-11-20T02:10:00Z", until: "2026-11-20T02:20:00Z" })).toBe(true);
      });

      it("gives away neither what is sent nor what is not there", async () => {
        const claim = { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00Z" };
        await store.markSent("older", "2026-11-20T02:05:00Z");
        expect(await other.claimOutbox("older", claim)).toBe(false);
        expect(await other.claimOutbox("nowhere", claim)).toBe(false);
        await expect(other.markSent("nowhere", "2026-11-20T02:05:00Z")).rejects.toMatchObject({ code: "internal" });
      });
    });

    describe("evidence", () => {
      it("is kept once under its digest", async () => {
        const bytes = new TextEncoder().encode('{"schemaVersion":2}');
        await store.saveEvidence(digestOf(bytes), bytes);
        await other.saveEvidence(digestOf(bytes), bytes);
        expect(await other.loadEvidence(digestOf(bytes))).toEqual(bytes);
        expect(await other.loadEvidence(digest("a"))).toBeNull();
      });

      it("is refused under a digest that does not name it", async () => {
        await expect(store.saveEvidence(digest("a"), new Uint8Array([1]))).rejects.toMatchObject({ code: "internal" });
        expect(await store.loadEvidence(digest("a"))).toBeNull();
      });
    });

    describe("crashes", () => {
      const states = { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] };

      it("of a record that was not written lose nothing: it can be repeated as it is", async () => {
        await expect(failNotWritten(store, "record").record(REPOSITORY, states)).rejects.toMatchObject({ retryable: true });
        await other.record(REPOSITORY, states);
        expect(await other.pendingChanges()).toEqual([change()]);
      });

      it("of a record that was written show themselves as a conflict, and nothing is there twice", async () => {
        await expect(failButWritten(store, "record").record(REPOSITORY, states)).rejects.toMatchObject({ retryable: true });
        await expect(other.record(REPOSITORY, states)).rejects.toEqual(conflict);
        const { tags } = await other.loadRepository(REPOSITORY);
        expect(tags.get("v1.4.2")).toMatchObject({ version: 1, pending: [change()] });
      });
    });

    it("is closed without complaint when it is closed twice", async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
}
