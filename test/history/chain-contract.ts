import { generateKeyPairSync, sign } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { formatHeadStatement } from "../../lib/history/chain/head-signature.ts";
import type { Observation, RunId } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { acknowledgeFinding } from "../../lib/history/findings/acknowledge.ts";
import { noteStep } from "../../lib/history/findings/finding-steps.ts";
import { change, finding, judgement, NIGHTS, observation, REPOSITORY, SIGNED, tagState } from "./examples.ts";
import { openStorePair } from "./store-pair.ts";
import type { TamperedHistory, Tampering } from "./tampering.ts";

const coverage = [{ repository: REPOSITORY, listed: true, expected: 4, releases: 4, judged: 4, unknown: 0 }];
const watchList = new TextEncoder().encode("watch list");

/** Closes a run that appended some observations of these tags. */
async function closeNight(store: HistoryStore, run: RunId, tags: readonly string[], more: { finishedAt?: string } = {}) {
  await store.openRun({ id: run, startedAt: run, partial: false });
  await observe(store, run, tags);
  await store.saveEvidence(new Map([[digestOf(watchList), watchList]]));
  const closing = { complete: true, coverage, watchList: digestOf(watchList), document: `{"run":"${run}"}`, exitCode: 0 };
  return store.closeRun({ id: run, finishedAt: more.finishedAt ?? run, ...closing });
}

async function observe(store: HistoryStore, run: RunId, tags: readonly string[], more: Partial<Observation> = {}) {
  const known = (await store.loadRepository(REPOSITORY)).tags;
  const states = tags.map((tag) =>
    tagState(tag, judgement(SIGNED), { version: known.get(tag)?.version ?? 0, run, observation: observation({ run, tag, ...more }) }),
  );
  if (states.length > 0) await store.record(REPOSITORY, { repository: null, tags: states });
}

/** What a history's chain of closed runs promises; run it once for each adapter. */
export function describeChain(adapter: string, create: () => Promise<TamperedHistory>): void {
  describe(`the chain of runs in ${adapter}`, () => {
    const own: { history?: TamperedHistory } = {};
    const pair = openStorePair(async () => (own.history = await create()));
    const tamper = () => own.history!.tampering;
    const verify = () => verifyChain(pair.other);
    const fault = async () => (await verify()).fault;

    it.each(["loadDocument", "loadEvidence"] as const)("accuses nobody where %s is refused", async (method) => {
      await closeNight(pair.store, NIGHTS[0], ["1.0.0"]);
      const refused = new SealwatchError("history", "read the history: AWS does not allow it");
      const store = new Proxy(pair.other, {
        get: (target, name): unknown => (name === method ? () => Promise.reject(refused) : Reflect.get(target, name)),
      });
      await expect(verifyChain(store)).rejects.toBe(refused);
    });

    it("names the first and the last of the runs that are whole, and the head", async () => {
      const first = await closeNight(pair.store, NIGHTS[0], ["1.0.0", "1.0.1"]);
      const second = await closeNight(pair.store, NIGHTS[1], []);
      expect(first.link).toMatchObject({ position: 1, before: null, entries: 4 });
      expect(second.link).toMatchObject({ position: 2, before: { run: NIGHTS[0], hash: first.link!.hash }, entries: 0, roll: null });
      expect(await verify()).toEqual({
        fault: null,
        runs: 2,
        from: NIGHTS[0],
        to: NIGHTS[1],
        head: { position: 2, run: NIGHTS[1], hash: second.link!.hash, roll: null },
        unchainedRuns: 0,
        chainedSince: NIGHTS[0],
        waiting: 0,
        acknowledged: [],
        rewritten: 0,
        signed: false,
      });
    });

    it("has no head before a run was closed", async () => {
      await pair.store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
      expect(await pair.store.chainHead()).toBeNull();
      expect(await verify()).toMatchObject({ fault: null, runs: 0, head: null });
    });

    it("goes by the order of closing, whatever time a run is for", async () => {
      await closeNight(pair.store, NIGHTS[2], ["1.0.0"]);
      const past = await closeNight(pair.store, NIGHTS[0], ["1.0.1"]);
      expect(past.link?.before?.run).toBe(NIGHTS[2]);
      expect(await verify()).toMatchObject({ fault: null, runs: 2, from: NIGHTS[0], to: NIGHTS[2] });
    });

    it("covers with the next link what an abandoned run appended", async () => {
      await pair.store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: true });
      await observe(pair.store, NIGHTS[0], ["1.0.0"]);
      await pair.store.abandonRun(NIGHTS[0]);
      expect(await verify()).toMatchObject({ fault: null, waiting: 2 });
      await closeNight(pair.store, NIGHTS[1], []);
      expect(await verify()).toMatchObject({ fault: null, waiting: 0, runs: 1 });
      await tamper().removeObservation(REPOSITORY, observation({ run: NIGHTS[0], tag: "1.0.0" }));
      expect(await fault()).toMatchObject({ run: NIGHTS[1], kind: "missing" });
    });

    it("covers a change with the run that recorded it, whether it waits or was concluded since", async () => {
      await pair.store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
      const early = change({ run: NIGHTS[0] });
      const state = tagState("v1.4.2", judgement(SIGNED), { version: 0, run: NIGHTS[0], pending: [early] });
      await pair.store.record(REPOSITORY, { repository: null, tags: [state] });
      await closeNight(pair.store, NIGHTS[0], []);
      expect(await fault()).toBeNull();
      const pending = await pair.store.pendingChanges();
      expect(pending).toEqual([{ ...early, number: 1 }]);
      await pair.store.conclude({ changes: pending, findings: [], outbox: [] });
      expect(await verify()).toMatchObject({ fault: null, waiting: 0 });
      await closeNight(pair.store, NIGHTS[1], []);
      expect(await fault()).toBeNull();
      await tamper().removeChange(REPOSITORY, NIGHTS[0], early.id);
      expect(await fault()).toMatchObject({
        run: NIGHTS[0],
        kind: "missing",
        detail: expect.stringContaining(`a change of ${REPOSITORY}`),
      });
    });

    it("tells what people said of a finding from what somebody changed, and covers it with the next link", async () => {
      await pair.store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
      await pair.store.saveFinding(noteStep(finding({ version: 0 }), { by: "run", at: NIGHTS[0] }), [], NIGHTS[0]);
      await closeNight(pair.store, NIGHTS[0], []);
      const [told] = await pair.other.findings({ live: true });
      const until = Date.parse(NIGHTS[3]);
      const acknowledged = acknowledgeFinding(told!, { until, reason: "known", owner: "kim", now: Date.parse(NIGHTS[1]) });
      await pair.other.saveFinding(acknowledged);
      expect(await verify()).toMatchObject({ fault: null, waiting: 0, acknowledged: [told!.id] });
      const { link } = await closeNight(pair.store, NIGHTS[1], []);
      expect([link?.entries, await verify()]).toMatchObject([1, { fault: null, acknowledged: [] }]);
      const [known] = await pair.other.findings({ live: true });
      const quiet = await closeNight(pair.store, NIGHTS[2], []);
      expect([quiet.link?.entries, quiet.link?.roll]).toEqual([0, null]);
      // Without the acknowledgement that a link covers, the finding is not what was recorded.
      await pair.other.saveFinding({ ...told!, version: known!.version });
      expect(await fault()).toMatchObject({ run: NIGHTS[1], kind: "changed", detail: `the finding ${told!.id} is not as it was recorded` });
    });

    it("leaves to a later link what a run writes that was open when another was closed", async () => {
      for (const run of [NIGHTS[0], NIGHTS[1]]) await pair.store.openRun({ id: run, startedAt: run, partial: false });
      await observe(pair.store, NIGHTS[0], ["1.0.0"]);
      const { link } = await closeNight(pair.store, NIGHTS[1], ["2.0.0"]);
      expect(link).toMatchObject({ through: 2, open: [1], entries: 2 });
      await observe(pair.other, NIGHTS[0], ["1.0.1"]);
      expect(await verify()).toMatchObject({ fault: null, waiting: 4 });
      expect((await closeNight(pair.store, NIGHTS[0], [])).link).toMatchObject({ through: 2, open: [], entries: 4 });
      expect(await verify()).toMatchObject({ fault: null, waiting: 0 });
    });

    it("gives two runs that are closed at once their places", async () => {
      for (const run of [NIGHTS[0], NIGHTS[1]]) await pair.store.openRun({ id: run, startedAt: run, partial: false });
      await observe(pair.store, NIGHTS[1], ["1.0.0"]);
      const closed = await Promise.all([closeNight(pair.store, NIGHTS[0], []), closeNight(pair.other, NIGHTS[1], [])]);
      expect(new Set(closed.map(({ link }) => link?.position))).toEqual(new Set([1, 2]));
      expect(await verify()).toMatchObject({ fault: null, runs: 2, waiting: 0 });
    });

    it("has one place for a run that two starts close at once, and both agree", async () => {
      await pair.store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
      const [left, right] = await Promise.all([
        closeNight(pair.store, NIGHTS[0], [], { finishedAt: NIGHTS[1] }),
        closeNight(pair.other, NIGHTS[0], [], { finishedAt: NIGHTS[2] }),
      ]);
      expect(left).toEqual(right);
      expect(await verify()).toMatchObject({ fault: null, runs: 1 });
    });

    it("says what is unchained in a history that is older than the chain, and covers what comes after", async () => {
      await closeNight(pair.store, NIGHTS[0], ["1.0.0"]);
      await closeNight(pair.store, NIGHTS[1], ["1.0.1"]);
      await tamper().forgetChain();
      expect(await verify()).toMatchObject({ fault: null, runs: 0, unchainedRuns: 2, chainedSince: null });
      await closeNight(pair.store, NIGHTS[2], ["1.0.2"]);
      expect(await verify()).toMatchObject({ fault: null, runs: 1, unchainedRuns: 2, chainedSince: NIGHTS[2] });
      await tamper().removeObservation(REPOSITORY, observation({ run: NIGHTS[2], tag: "1.0.2" }));
      expect(await fault()).toMatchObject({ run: NIGHTS[2], kind: "missing" });
    });

    it("stays whole when documents are no longer kept", async () => {
      await closeNight(pair.store, NIGHTS[0], []);
      await tamper().removeDocument(NIGHTS[0]);
      expect(await fault()).toBeNull();
    });

    describe("whose head is signed", () => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
      const signHead = async () => {
        const { position, run, hash } = (await pair.store.chainHead())!;
        const signature = sign("sha256", Buffer.from(formatHeadStatement({ position, run, hash })), privateKey).toString("base64");
        await pair.store.saveHeadSignature({ position, run, hash, signature });
      };
      const verdict = async (key = publicKey) => (await verifyChain(pair.other, { key: key })).fault;
      beforeEach(async () => {
        for (const run of NIGHTS.slice(0, 2)) {
          await closeNight(pair.store, run, []);
          await signHead();
        }
      });

      it("is whole for the key that signed it, and for no other", async () => {
        expect((await pair.other.headSignatures()).map(({ position, run }) => [position, run])).toEqual([
          [1, NIGHTS[0]],
          [2, NIGHTS[1]],
        ]);
        expect(await verdict()).toBeNull();
        expect(await verdict(stranger)).toMatchObject({
          run: NIGHTS[0],
          kind: "changed",
          detail: expect.stringContaining("not one by this key"),
        });
      });

      it("misses the signature of a head that was closed since", async () => {
        await closeNight(pair.store, NIGHTS[2], []);
        expect(await verdict()).toMatchObject({ run: NIGHTS[2], kind: "missing", detail: expect.stringContaining("no signature") });
        await signHead();
        expect(await verdict()).toBeNull();
      });

      it("finds a chain that was made anew", async () => {
        for (const run of NIGHTS.slice(0, 2)) await tamper().removeRun(run);
        await tamper().removeHead();
        for (const run of NIGHTS.slice(0, 2)) await closeNight(pair.store, run, ["1.0.0"]);
        expect(await fault()).toBeNull();
        expect(await verdict()).toMatchObject({
          run: NIGHTS[0],
          kind: "changed",
          detail: expect.stringContaining("another hash was signed"),
        });
      });
    });

    describe("over three nights", () => {
      const close = async () => {
        for (const [at, run] of NIGHTS.slice(0, 3).entries()) await closeNight(pair.store, run, [`1.0.${at}`]);
        expect(await fault()).toBeNull();
      };
      const second = observation({ run: NIGHTS[1], tag: "1.0.1" });
      const NEVER = digestOf("never");

      it.each<[string, (tampering: Tampering) => Promise<void>, RunId, string, RegExp]>([
        [
          "an edited number of its coverage",
          (t) => t.editCoverage(NIGHTS[1], (seen) => seen.map((one) => ({ ...one, unknown: 1 }))),
          NIGHTS[1],
          "changed",
          /its record/,
        ],
        ["a run that is gone", (t) => t.removeRun(NIGHTS[1]), NIGHTS[1], "missing", /closed before/],
        ["a first run that is gone", (t) => t.removeRun(NIGHTS[0]), NIGHTS[0], "missing", /closed before/],
        ["a last run that is gone", (t) => t.removeRun(NIGHTS[2]), NIGHTS[2], "missing", /closed last/],
        ["a run without its link", (t) => t.removeLink(NIGHTS[1]), NIGHTS[1], "changed", /its link .* is gone/],
        ["a head that is gone", (t) => t.removeHead(), NIGHTS[2], "changed", /the head/],
        [
          "an edited observation",
          (t) => t.writeObservation(REPOSITORY, { ...second, verdict: "unsigned" }),
          NIGHTS[1],
          "changed",
          /the observation of registry\.example\/acme\/app:1\.0\.1 in \S+ is not as it was recorded/,
        ],
        ["an observation that is gone", (t) => t.removeObservation(REPOSITORY, second), NIGHTS[1], "missing", /is not there any more/],
        [
          "an observation that was added",
          (t) => t.writeObservation(REPOSITORY, { ...second, tag: "9.9.9", epoch: NEVER }),
          NIGHTS[1],
          "added",
          /9\.9\.9 .* was not there/,
        ],
        ["another document", (t) => t.editDocument(NIGHTS[1]), NIGHTS[1], "changed", /its document/],
        ["a watch list that is gone", (t) => t.removeEvidence(digestOf(watchList)), NIGHTS[0], "missing", /the watch list/],
      ])("finds %s", async (_, tampering, run, kind, detail) => {
        await close();
        await tampering(tamper());
        expect(await fault()).toEqual({ run, kind, detail: expect.stringMatching(detail) });
      });

      it("finds a list of what was appended that is gone", async () => {
        await close();
        const [, run] = await pair.store.runs({ limit: 2 });
        await tamper().removeEvidence(run!.link!.roll!);
        expect(await fault()).toMatchObject({ run: NIGHTS[1], kind: "missing", detail: expect.stringContaining("the list") });
      });

      it("names the run that was closed first, of several", async () => {
        await close();
        await tamper().editCoverage(NIGHTS[2], () => []);
        await tamper().writeObservation(REPOSITORY, { ...second, verdict: "unsigned" });
        expect(await fault()).toMatchObject({ run: NIGHTS[1] });
      });
    });
  });
}
