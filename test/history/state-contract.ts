import { describe, expect, it } from "vitest";
import { change, judgement, NIGHTS, REPOSITORY, repositoryState, SIGNED, tagState } from "./examples.ts";
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

    it("writes nothing of a record whose one condition is lost", async () => {
      await pair.store.record(REPOSITORY, { repository: repositoryState(), tags: [newTag("v1.4.1"), newTag()] });
      const before = await pair.store.loadRepository(REPOSITORY);
      const read = [...before.tags.values()];
      await pair.other.record(REPOSITORY, { repository: null, tags: [read[1]!] });
      const late = pair.store.record(REPOSITORY, {
        repository: { ...before.repository!, everSigned: true, pending: [change({ tag: null })] },
        tags: read.map((tag) => ({ ...tag, removedSince: NIGHTS[2], pending: [change({ tag: tag.tag, id: `change ${tag.tag}` })] })),
      });
      await expect(late).rejects.toEqual(CONFLICT);
      const after = await pair.store.loadRepository(REPOSITORY);
      expect(after.repository).toEqual(before.repository);
      expect([...after.tags.values()].map(({ version, removedSince }) => [version, removedSince])).toEqual([
        [1, null],
        [2, null],
      ]);
      expect(await pair.store.pendingChanges()).toEqual([]);
    });

    it.each(["repository", "tag"] as const)("lets one of two first records of a %s win", async (what) => {
      const states = { repository: what === "repository" ? repositoryState() : null, tags: what === "tag" ? [newTag()] : [] };
      await pair.store.record(REPOSITORY, states);
      await expect(pair.other.record(REPOSITORY, states)).rejects.toEqual(CONFLICT);
    });

    it("never lets an older run replace what a newer one wrote", async () => {
      await pair.store.record(REPOSITORY, {
        repository: repositoryState({ run: NIGHTS[2] }),
        tags: [newTag("v1.4.2", { run: NIGHTS[2] })],
      });
      const older = { version: 1, run: NIGHTS[1] };
      await expect(pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", older)] })).rejects.toEqual(CONFLICT);
      await expect(pair.store.record(REPOSITORY, { repository: repositoryState(older), tags: [] })).rejects.toEqual(CONFLICT);
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1, run: NIGHTS[2] })] });
      expect((await pair.store.loadRepository(REPOSITORY)).tags.get("v1.4.2")?.version).toBe(2);
    });

    it("records hundreds of tags together", async () => {
      const tags = Array.from({ length: 800 }, (_, at) => newTag(`v1.${at}.0`));
      await pair.store.record(REPOSITORY, { repository: repositoryState(), tags });
      expect((await pair.other.loadRepository(REPOSITORY)).tags.size).toBe(800);
    });
  });

  describe("pending changes", () => {
    it("come from all runs and repositories, oldest run first", async () => {
      const newer = change({ id: "newer", run: NIGHTS[3] });
      const older = change({ id: "older", run: NIGHTS[1], repository: `${REPOSITORY}-other`, tag: null });
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [newer] })] });
      await pair.store.record(older.repository, { repository: repositoryState({ pending: [older] }), tags: [] });
      expect(await pair.other.pendingChanges()).toEqual([older, newer]);
    });

    it("survive a record that does not name them", async () => {
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { version: 1 })] });
      expect(await pair.store.pendingChanges()).toEqual([change()]);
    });

    it("do not come back by a record of a state that was read before they were concluded", async () => {
      await pair.store.record(REPOSITORY, { repository: null, tags: [newTag("v1.4.2", { pending: [change()] })] });
      const read = (await pair.other.loadRepository(REPOSITORY)).tags.get("v1.4.2")!;
      await pair.store.conclude({ change: change(), findings: [], outbox: [] });
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
