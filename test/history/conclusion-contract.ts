import { beforeEach, describe, expect, it } from "vitest";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { change, finding, judgement, NIGHTS, REPOSITORY, repositoryState, SIGNED, tagState } from "./examples.ts";
import { failButWritten, failNotWritten } from "./faulty-store.ts";
import { CONFLICT, type StorePair } from "./store-pair.ts";

const newTag = (tag = "v1.4.2", more = {}) => tagState(tag, judgement(SIGNED), { version: 0, ...more });
const outboxEntry = (id: string, run: string = NIGHTS[2]) =>
  ({ id, channel: "oncall", run, findingId: "7Q3K9D2M", kind: "opened", summary: null, sentAt: null }) as const;

/** What a history store promises of changes, findings and the outbox. */
export function describeConclusionContract(pair: StorePair): void {
  describe("concluding", () => {
    const conclusion = { changes: [change()], findings: [finding({ version: 0 })], outbox: [outboxEntry("change-1/7Q3K9D2M/oncall")] };

    beforeEach(async () => {
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
    });

    it("writes change, finding and outbox, and clears the pending mark", async () => {
      expect(await pair.store.conclude(conclusion)).toBe(true);
      expect(await pair.other.changes(REPOSITORY)).toEqual([change()]);
      expect(await pair.other.findings({ live: true })).toEqual([finding({ version: 1 })]);
      expect(await pair.other.unsentOutbox()).toEqual(conclusion.outbox);
      expect(await pair.other.pendingChanges()).toEqual([]);
      expect((await pair.other.loadRepository(REPOSITORY)).tags.get("v1.4.2")?.pending).toEqual([]);
    });

    it("writes nothing for a change that another conclude took", async () => {
      await pair.store.conclude(conclusion);
      const again = { ...conclusion, findings: [finding({ version: 0, id: "SECOND00" })], outbox: [outboxEntry("second")] };
      expect(await pair.other.conclude(again)).toBe(false);
      expect((await pair.store.findings({ live: false })).map(({ id }) => id)).toEqual(["7Q3K9D2M"]);
      expect((await pair.store.unsentOutbox()).map(({ id }) => id)).toEqual(["change-1/7Q3K9D2M/oncall"]);
    });

    it("writes nothing, and leaves the change pending, where a finding was changed since it was read", async () => {
      await pair.store.conclude(conclusion);
      const second = change({ id: "change-2", kind: "recovered" });
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1, pending: [second] })] });
      await pair.other.saveFinding(finding({ status: "acknowledged" }));
      const stale = pair.store.conclude({
        changes: [second],
        findings: [finding({ version: 1, status: "resolved" })],
        outbox: [outboxEntry("late")],
      });
      await expect(stale).rejects.toEqual(CONFLICT);
      expect(await pair.store.pendingChanges()).toEqual([second]);
      expect(await pair.store.changes(REPOSITORY)).toEqual([change()]);
      expect(await pair.store.unsentOutbox()).toHaveLength(1);
      expect(await pair.store.findings({ live: true })).toEqual([finding({ version: 2, status: "acknowledged" })]);
    });

    it("appends changes in the order of their runs", async () => {
      const later = change({ id: "a-later", run: NIGHTS[3] });
      await pair.store.conclude({ changes: [later], findings: [], outbox: [] });
      await pair.store.conclude(conclusion);
      expect(await pair.store.changes(REPOSITORY)).toEqual([change(), later]);
    });

    it("takes several changes together, or none where one is taken already", async () => {
      const second = change({ id: "change-2" });
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1, pending: [second] })] });
      await pair.store.conclude({ changes: [second], findings: [], outbox: [] });
      expect(await pair.store.conclude({ ...conclusion, changes: [change(), second] })).toBe(false);
      expect(await pair.store.pendingChanges()).toEqual([change()]);
      expect(await pair.store.findings({ live: false })).toEqual([]);
      const third = change({ id: "change-3", tag: null });
      await pair.store.record(REPOSITORY, { repository: repositoryState({ pending: [third] }), tags: [] });
      expect(await pair.store.conclude({ ...conclusion, changes: [change(), third] })).toBe(true);
      expect(await pair.other.pendingChanges()).toEqual([]);
      expect(new Set((await pair.other.changes(REPOSITORY)).map(({ id }) => id))).toEqual(new Set(["change-1", "change-2", "change-3"]));
    });

    it("takes as many channels as there are, and a repetition writes none twice", async () => {
      const outbox = Array.from({ length: 150 }, (_, at) => outboxEntry(`change-1/7Q3K9D2M/${at}`));
      expect(await pair.store.conclude({ ...conclusion, outbox })).toBe(true);
      expect(await pair.other.unsentOutbox()).toHaveLength(150);
      expect(await pair.other.conclude({ ...conclusion, outbox })).toBe(false);
      await pair.store.saveFinding(
        finding({ version: 1 }),
        outbox.map((entry) => ({ ...entry, id: `reminder ${entry.id}` })),
      );
      expect(await pair.other.unsentOutbox()).toHaveLength(300);
    });

    it("can be repeated after it failed before it was written", async () => {
      await expect(failNotWritten(pair.store, "conclude").conclude(conclusion)).rejects.toBeInstanceOf(SealwatchError);
      expect(await pair.other.conclude(conclusion)).toBe(true);
      expect(await pair.store.unsentOutbox()).toHaveLength(1);
    });

    it("can be repeated after it was written and the answer lost", async () => {
      await expect(failButWritten(pair.store, "conclude").conclude(conclusion)).rejects.toBeInstanceOf(SealwatchError);
      expect(await pair.other.conclude(conclusion)).toBe(false);
      expect(await pair.store.unsentOutbox()).toHaveLength(1);
    });
  });

  describe("findings", () => {
    const save = async (...findings: ReturnType<typeof finding>[]) => {
      for (const one of findings) await pair.store.saveFinding(one);
    };

    it("come newest opening first, closed ones only when asked for", async () => {
      await save(
        finding({ version: 0, id: "OLD00000", openedAt: NIGHTS[0] }),
        finding({ version: 0, id: "NEW00000", openedAt: NIGHTS[2], status: "acknowledged" }),
        finding({ version: 0, id: "RESOLVED", openedAt: NIGHTS[1], status: "resolved" }),
        finding({ version: 0, id: "WITHDRAW", openedAt: NIGHTS[3], status: "withdrawn" }),
      );
      expect((await pair.other.findings({ live: true })).map(({ id }) => id)).toEqual(["NEW00000", "OLD00000"]);
      expect((await pair.other.findings({ live: false })).map(({ id }) => id)).toEqual(["WITHDRAW", "NEW00000", "RESOLVED", "OLD00000"]);
    });

    it("that are closed can be asked for from a run on", async () => {
      await save(
        finding({ version: 0, id: "LIVE0000", openedAt: NIGHTS[0] }),
        finding({ version: 0, id: "CLOSED00", openedAt: NIGHTS[0], status: "resolved", resolvedAt: NIGHTS[1] }),
        finding({ version: 0, id: "CLOSED01", openedAt: NIGHTS[0], status: "withdrawn", resolvedAt: NIGHTS[2] }),
      );
      const since = async (run: string) => (await pair.other.findings({ live: false, closedSince: run })).map(({ id }) => id);
      expect(await since(NIGHTS[1])).toEqual(["CLOSED00", "CLOSED01", "LIVE0000"]);
      expect(await since(NIGHTS[2])).toEqual(["CLOSED01", "LIVE0000"]);
      expect(await since(NIGHTS[3])).toEqual(["LIVE0000"]);
    });

    it("open, close and open again under one id", async () => {
      await save(finding({ version: 0 }), finding({ version: 1, status: "resolved", resolvedAt: NIGHTS[2] }));
      expect(await pair.other.findings({ live: true })).toEqual([]);
      await save(finding({ version: 2 }));
      expect(await pair.other.findings({ live: false })).toEqual([finding({ version: 3 })]);
      expect(await pair.other.findingsByPrefix("7Q3K")).toEqual([finding({ version: 3 })]);
    });

    it("are saved together with what is to be told of them, or neither", async () => {
      await pair.store.saveFinding(finding({ version: 0 }), [outboxEntry("reminder")]);
      await expect(pair.other.saveFinding(finding({ version: 0 }), [outboxEntry("lost")])).rejects.toEqual(CONFLICT);
      expect((await pair.other.unsentOutbox()).map(({ id }) => id)).toEqual(["reminder"]);
    });

    it("are found by the beginning of their id, at most two", async () => {
      await save(finding({ version: 0, id: "7Q3K9D2M" }), finding({ version: 0, id: "7Q3KAAAA" }), finding({ version: 0, id: "7Q3KBBBB" }));
      expect((await pair.store.findingsByPrefix("7Q3K9")).map(({ id }) => id)).toEqual(["7Q3K9D2M"]);
      expect(await pair.store.findingsByPrefix("7Q3K")).toHaveLength(2);
      expect(await pair.store.findingsByPrefix("%Q3K")).toEqual([]);
    });

    it("are replaced on condition of the version that was read", async () => {
      await save(finding({ version: 0 }));
      await pair.store.saveFinding(finding({ version: 1, status: "acknowledged" }));
      await expect(pair.other.saveFinding(finding({ version: 1, status: "resolved" }))).rejects.toEqual(CONFLICT);
      await expect(pair.other.saveFinding(finding({ version: 0 }))).rejects.toEqual(CONFLICT);
      expect(await pair.other.findings({ live: true })).toEqual([finding({ version: 2, status: "acknowledged" })]);
    });
  });

  describe("the outbox", () => {
    beforeEach(async () => {
      const outbox = [outboxEntry("newer", NIGHTS[3]), outboxEntry("older", NIGHTS[1])];
      await pair.store.conclude({ changes: [change()], findings: [], outbox });
    });

    it("lists what no channel took, oldest run first, until it is sent", async () => {
      expect((await pair.other.unsentOutbox()).map(({ id }) => id)).toEqual(["older", "newer"]);
      await pair.store.markSent("older", "2026-11-20T02:05:00Z");
      await pair.store.markSent("older", "2026-11-20T02:06:00Z");
      expect((await pair.other.unsentOutbox()).map(({ id }) => id)).toEqual(["newer"]);
    });

    it("keeps for good what channels took of findings, and when, in that order", async () => {
      const summary = { ...outboxEntry("summary", NIGHTS[1]), kind: "baseline", summary: change() } as const;
      await pair.store.conclude({ changes: [change({ id: "change-2" })], findings: [], outbox: [summary] });
      await pair.store.markSent("newer", "2026-11-20T02:06:00.000Z");
      await pair.store.markSent("older", "2026-11-20T02:05:00.000Z");
      await pair.store.markSent("older", "2026-11-20T02:07:00.000Z");
      await pair.store.markSent("summary", "2026-11-20T02:05:30.000Z");
      const telling = { findingId: "7Q3K9D2M", channel: "oncall", kind: "opened" };
      expect(await pair.other.tellings()).toEqual([
        { ...telling, sentAt: "2026-11-20T02:05:00.000Z" },
        { ...telling, sentAt: "2026-11-20T02:06:00.000Z" },
      ]);
    });

    it("gives an entry to one of two senders", async () => {
      const claim = { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00Z" };
      const claims = await Promise.all([pair.store.claimOutbox("older", claim), pair.other.claimOutbox("older", claim)]);
      expect(claims.toSorted()).toEqual([false, true]);
      expect(await pair.other.claimOutbox("newer", claim)).toBe(true);
    });

    it("gives it to another when the claim has ended, whatever the form of the time", async () => {
      await pair.store.claimOutbox("older", { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00.000Z" });
      expect(await pair.other.claimOutbox("older", { now: "2026-11-20T02:09:59.999Z", until: "2026-11-20T02:20:00Z" })).toBe(false);
      expect(await pair.other.claimOutbox("older", { now: "2026-11-20T02:10:00Z", until: "2026-11-20T02:20:00Z" })).toBe(true);
    });

    it("gives away neither what is sent nor what is not there", async () => {
      const claim = { now: "2026-11-20T02:05:00Z", until: "2026-11-20T02:10:00Z" };
      await pair.store.markSent("older", "2026-11-20T02:05:00Z");
      expect(await pair.other.claimOutbox("older", claim)).toBe(false);
      expect(await pair.other.claimOutbox("nowhere", claim)).toBe(false);
      await expect(pair.other.markSent("nowhere", "2026-11-20T02:05:00Z")).rejects.toMatchObject({ code: "internal" });
    });
  });
}
