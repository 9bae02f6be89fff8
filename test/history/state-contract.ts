import { describe, expect, it } from "vitest";
import { inOrder } from "../../lib/history/change-id.ts";
import type { Observation } from "../../lib/history/state.ts";
import { change, finding, judgement, NIGHTS, observation, REPOSITORY, repositoryState, SIGNED, tagState } from "./examples.ts";
import { failButWritten, failNotWritten } from "./faulty-store.ts";
import { CONFLICT, type StorePair } from "./store-pair.ts";

const newTag = (tag = "v1.4.2", more = {}) => tagState(tag, judgement(SIGNED), { version: 0, ...more });

/** What a history store promises of states and their pending changes. */
export function describeStateContract(pair: StorePair): void {
  describe("states", () => {
    it("knows nothing of a repository that was never recorded", async () => {
      expect(await pair.store.loadRepository(REPOSITORY)).toEqual({ repository: null, tags: new Map() });
    });

    it("gives back what was recorded, one version on", async () => {
      const tag = newTag("v1.4.2", { pending: [change()], flooded: true });
      const repository = repositoryState({ pending: [change({ id: "change-2", tag: null })] });
      await pair.store.record(REPOSITORY, { repository, tags: [tag, newTag("latest")] });
      expect(await pair.other.loadRepository(REPOSITORY)).toEqual({
        repository: { ...repository, version: 1 },
        tags: new Map([
          ["v1.4.2", { ...tag, version: 1 }],
          ["latest", { ...newTag("latest"), version: 1 }],
        ]),
      });
    });

    it("keeps repositories apart", async () => {
      await pair.store.record(REPOSITORY, { repository: repositoryState(), tags: [newTag()] });
      expect((await pair.store.loadRepository(`${REPOSITORY}-other`)).tags.size).toBe(0);
    });

    it("writes nothing of a state whose condition is lost, and not the repository's own after it", async () => {
      await pair.store.record(REPOSITORY, { repository: repositoryState(), tags: [newTag("v1.4.1"), newTag()] });
      const before = await pair.store.loadRepository(REPOSITORY);
      const read = [...before.tags.values()];
      await pair.other.record(REPOSITORY, { repository: null, tags: [read[1]!] });
      const late = pair.store.record(REPOSITORY, {
        repository: { ...before.repository!, everSigned: true, pending: [change({ tag: null })] },
        tags: read.map((tag) => ({
          ...tag,
          removedSince: NIGHTS[2],
          pending: [change({ tag: tag.tag, id: `change ${tag.tag}` })],
          observation: observation({ tag: tag.tag }),
        })),
      });
      await expect(late).rejects.toEqual(CONFLICT);
      const after = await pair.store.loadRepository(REPOSITORY);
      expect(after.repository).toEqual(before.repository);
      const lost = after.tags.get(read[1]!.tag)!;
      expect([lost.version, lost.removedSince, lost.pending]).toEqual([2, null, []]);
      // The other one is written with all that belongs to it, or not at all.
      const other = after.tags.get(read[0]!.tag)!;
      const written = other.version === 2;
      expect(other).toMatchObject(written ? { removedSince: NIGHTS[2] } : { version: 1, removedSince: null });
      expect((await pair.store.pendingChanges()).map(({ tag }) => tag)).toEqual(written ? [other.tag] : []);
      expect((await Array.fromAsync(pair.store.observations(REPOSITORY, {}))).map(({ tag }) => tag)).toEqual(written ? [other.tag] : []);
    });

    it.each(["repository", "tag"] as const)("lets one of two first records of a %s win", async (what) => {
      const states = { repository: what === "repository" ? repositoryState() : null, tags: what === "tag" ? [newTag()] : [] };
      await pair.store.record(REPOSITORY, states);
      await expect(pair.other.record(REPOSITORY, states)).rejects.toEqual(CONFLICT);
    });

    it("never lets an older run replace what a newer one wrote, whatever the times are that they are for", async () => {
      for (const id of [NIGHTS[3], NIGHTS[2]]) await pair.store.openRun({ id, startedAt: id, partial: false });
      await pair.store.record(REPOSITORY, {
        repository: repositoryState({ run: NIGHTS[2] }),
        tags: [newTag("v1.4.2", { run: NIGHTS[2] })],
      });
      const older = { version: 1, run: NIGHTS[3] };
      await expect(pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", older)] })).rejects.toEqual(CONFLICT);
      await expect(pair.store.record(REPOSITORY, { repository: repositoryState(older), tags: [] })).rejects.toEqual(CONFLICT);
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1, run: NIGHTS[2] })] });
      expect((await pair.store.loadRepository(REPOSITORY)).tags.get("v1.4.2")).toMatchObject({ version: 2, number: 2 });
    });

    it.each(["closed", "abandoned"] as const)("records nothing for a run that is %s", async (status) => {
      const id = NIGHTS[2];
      await pair.store.openRun({ id, startedAt: id, partial: false });
      const closing = { finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 };
      if (status === "closed") await pair.store.closeRun({ id, ...closing });
      else await pair.store.abandonRun(id);
      const over: unknown = expect.objectContaining({ code: "run-over", retryable: false });
      await expect(pair.other.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { run: id })] })).rejects.toEqual(over);
      await expect(pair.other.record(REPOSITORY, { repository: repositoryState({ run: id }), tags: [] })).rejects.toEqual(over);
      await expect(pair.other.saveFinding(finding({ version: 0 }), [], id)).rejects.toEqual(over);
      await expect(pair.other.conclude({ changes: [change()], findings: [], outbox: [], run: id })).rejects.toEqual(over);
      expect(await pair.store.loadRepository(REPOSITORY)).toEqual({ repository: null, tags: new Map() });
      expect([await pair.store.findings({ live: false }), await pair.store.changes(REPOSITORY)]).toEqual([[], []]);
    });

    it("records hundreds of tags together", async () => {
      const tags = Array.from({ length: 800 }, (_, at) => newTag(`v1.${at}.0`));
      await pair.store.record(REPOSITORY, { repository: repositoryState(), tags });
      expect((await pair.other.loadRepository(REPOSITORY)).tags.size).toBe(800);
    });
  });

  describe("observations", () => {
    const observe = async (...observations: Observation[]) => {
      for (const one of observations) {
        const version = (await pair.store.loadRepository(REPOSITORY)).tags.get(one.tag)?.version ?? 0;
        await pair.store.record(REPOSITORY, { repository: null, tags: [newTag(one.tag, { version, run: one.run, observation: one })] });
      }
    };
    const read = async (until?: string) =>
      (await Array.fromAsync(pair.other.observations(REPOSITORY, until === undefined ? {} : { until }))).map(
        ({ run, tag }) => `${run} ${tag}`,
      );

    it("come oldest run first, then by tag, up to the run that is named", async () => {
      await observe(
        observation({ run: NIGHTS[0], tag: "v2.0.0" }),
        observation({ run: NIGHTS[0], tag: "latest" }),
        observation({ run: NIGHTS[2], tag: "latest" }),
      );
      expect(await read()).toEqual([`${NIGHTS[0]} latest`, `${NIGHTS[0]} v2.0.0`, `${NIGHTS[2]} latest`]);
      expect(await read(NIGHTS[1])).toEqual([`${NIGHTS[0]} latest`, `${NIGHTS[0]} v2.0.0`]);
      expect(await read(NIGHTS[2])).toHaveLength(3);
    });

    it("come in the order in which their runs were opened, and up to a time by the times that the runs are for", async () => {
      for (const id of [NIGHTS[3], NIGHTS[1], NIGHTS[0]]) await pair.store.openRun({ id, startedAt: id, partial: false });
      await observe(...[NIGHTS[3], NIGHTS[1], NIGHTS[0]].map((run, at) => observation({ run, tag: `v${at}.0.0` })));
      expect(await read()).toEqual([`${NIGHTS[3]} v0.0.0`, `${NIGHTS[1]} v1.0.0`, `${NIGHTS[0]} v2.0.0`]);
      expect(await read(NIGHTS[2])).toEqual([`${NIGHTS[1]} v1.0.0`, `${NIGHTS[0]} v2.0.0`]);
    });

    it("are given back as they were appended, and are no part of a state", async () => {
      await observe(observation());
      expect(await Array.fromAsync(pair.other.observations(REPOSITORY, {}))).toEqual([observation()]);
      expect((await pair.other.loadRepository(REPOSITORY)).tags.get("v1.4.2")).not.toHaveProperty("observation");
      expect(await Array.fromAsync(pair.other.observations(`${REPOSITORY}-other`, {}))).toEqual([]);
    });

    it("of one run and tag count once: the last", async () => {
      await observe(observation(), observation({ verdict: "unknown", reason: "timeout" }));
      expect(await Array.fromAsync(pair.other.observations(REPOSITORY, {}))).toMatchObject([{ verdict: "unknown" }]);
    });

    it("come page by page, none twice and none left out", async () => {
      const tags = Array.from({ length: 2300 }, (_, at) => `v1.${at}.0`);
      await pair.store.record(REPOSITORY, {
        repository: null,
        tags: tags.map((tag) => newTag(tag, { observation: observation({ tag }) })),
      });
      const seen = (await Array.fromAsync(pair.other.observations(REPOSITORY, {}))).map(({ tag }) => tag);
      expect(seen).toEqual(tags.toSorted());
    });
  });

  describe("pending changes", () => {
    it("are held when somebody asks for it, until they are concluded", async () => {
      const [held, other] = [change({ id: "held" }), change({ id: "other" })];
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [held, other] })] });
      await pair.store.holdChanges([held, change({ id: "never recorded" })]);
      expect(await pair.other.heldChanges()).toEqual(new Set(["held"]));
      expect(new Set(await pair.other.pendingChanges())).toEqual(new Set([held, other]));
      await pair.other.conclude({ changes: [held], findings: [], outbox: [] });
      await pair.store.holdChanges([held]);
      expect(await pair.store.heldChanges()).toEqual(new Set());
      expect(await pair.store.pendingChanges()).toEqual([other]);
    });

    it("come from all runs and repositories, oldest run first", async () => {
      const newer = change({ id: "newer", run: NIGHTS[3] });
      const older = change({ id: "older", run: NIGHTS[1], repository: `${REPOSITORY}-other`, tag: null });
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [newer] })] });
      await pair.store.record(older.repository, { repository: repositoryState({ pending: [older] }), tags: [] });
      expect(await pair.other.pendingChanges()).toEqual([older, newer]);
    });

    it("of one tag keep the order in which they happened, whatever their ids, before they are concluded and after", async () => {
      const ids = ["d", "b", "c", "a"];
      const [first, second, third, fourth] = ids.map((id) => change({ id }));
      const [recorded, later] = [inOrder([first!, second!], 0), inOrder([third!, fourth!], 1)];
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: recorded })] });
      const read = (await pair.other.loadRepository(REPOSITORY)).tags.get("v1.4.2")!;
      await pair.other.record(REPOSITORY, { repository: null, tags: [{ ...read, pending: [...read.pending, ...later] }] });
      const all = await pair.store.pendingChanges();
      expect(all.map(({ id }) => id)).toEqual(ids);
      expect((await pair.other.loadRepository(REPOSITORY)).tags.get("v1.4.2")!.pending).toEqual(all);
      await pair.store.conclude({ changes: all, findings: [], outbox: [] });
      expect((await pair.other.changes(REPOSITORY)).map(({ id }) => id)).toEqual(ids);
    });

    it("survive a record that does not name them", async () => {
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1 })] });
      expect(await pair.store.pendingChanges()).toEqual([change()]);
    });

    it("do not come back by a record of a state that was read before they were concluded", async () => {
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
      const read = (await pair.other.loadRepository(REPOSITORY)).tags.get("v1.4.2")!;
      await pair.store.conclude({ changes: [change()], findings: [], outbox: [] });
      const second = change({ id: "change-2", run: NIGHTS[3] });
      await pair.other.record(REPOSITORY, { repository: null, tags: [{ ...read, pending: [...read.pending, second] }] });
      expect(await pair.store.pendingChanges()).toEqual([second]);
    });
  });

  describe("crashes", () => {
    const states = { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] };

    it("of a record that was not written lose nothing: it can be repeated as it is", async () => {
      await expect(failNotWritten(pair.store, "record").record(REPOSITORY, states)).rejects.toMatchObject({ retryable: true });
      await pair.other.record(REPOSITORY, states);
      expect(await pair.other.pendingChanges()).toEqual([change()]);
    });

    it("of a record that was written show themselves as a conflict, and nothing is there twice", async () => {
      await expect(failButWritten(pair.store, "record").record(REPOSITORY, states)).rejects.toMatchObject({ retryable: true });
      await expect(pair.other.record(REPOSITORY, states)).rejects.toEqual(CONFLICT);
      const { tags } = await pair.other.loadRepository(REPOSITORY);
      expect(tags.get("v1.4.2")).toMatchObject({ version: 1, pending: [change()] });
    });
  });
}
