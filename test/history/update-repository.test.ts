import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NEW_REPOSITORY } from "../../lib/history/new-repository.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { RepositoryHistory, RunId } from "../../lib/history/state.ts";
import type { HistoryStore, RecordedStates } from "../../lib/history/store.ts";
import { updateRepository } from "../../lib/history/update-repository.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { judgement, NIGHTS, REPOSITORY, SIGNED, tagState } from "./examples.ts";
import { failNotWritten } from "./faulty-store.ts";
import { CONFLICT } from "./store-pair.ts";

let store: HistoryStore;
beforeEach(() => {
  store = openSqliteHistory(":memory:");
});
afterEach(() => store.close());

/** One more night on which the referrers API was missing: whoever counts must have read what the others counted. */
const countNight =
  (run: RunId) =>
  ({ repository }: RepositoryHistory): RecordedStates => {
    const { referrersApi, ...previous } = repository ?? NEW_REPOSITORY;
    const missingNights = referrersApi.missingNights + 1;
    return { repository: { ...previous, run, referrersApi: { ...referrersApi, missingNights } }, tags: [] };
  };
const countedNights = async (): Promise<number | undefined> =>
  (await store.loadRepository(REPOSITORY)).repository?.referrersApi.missingNights;
const writeTag = (run: RunId): RecordedStates => ({
  repository: null,
  tags: [tagState("v1.4.2", judgement(SIGNED), { version: 0, run })],
});

/** Somebody else counts a night before each of the first so many writes. */
function interrupt(times: number): HistoryStore {
  let left = times;
  return {
    ...store,
    record: async (...parameters) => {
      if (left-- > 0) await store.record(REPOSITORY, countNight(NIGHTS[0])(await store.loadRepository(REPOSITORY)));
      await store.record(...parameters);
    },
  };
}

const RUNS = NIGHTS.map((id, at) => ({ id, number: at + 1 }));

describe("an update of a repository", () => {
  it("is decided again by what somebody else wrote meanwhile", async () => {
    const recorded = await updateRepository(interrupt(3), REPOSITORY, RUNS[1]!, countNight(NIGHTS[1]));
    expect(recorded?.repository?.referrersApi.missingNights).toBe(4);
    expect(await countedNights()).toBe(4);
  });

  it("gives up when somebody else is always first", async () => {
    await expect(updateRepository(interrupt(4), REPOSITORY, RUNS[1]!, countNight(NIGHTS[1]))).rejects.toEqual(CONFLICT);
  });

  it("reads nothing again that the caller has read, unless it proves old", async () => {
    const first = await store.loadRepository(REPOSITORY);
    await store.record(REPOSITORY, countNight(NIGHTS[0])(first));
    await updateRepository(store, REPOSITORY, RUNS[1]!, countNight(NIGHTS[1]), first);
    expect(await countedNights()).toBe(2);
  });

  it("writes nothing where there is nothing to write", async () => {
    const unwritable = failNotWritten(store, "record");
    expect(await updateRepository(unwritable, REPOSITORY, RUNS[1]!, () => null)).toBeNull();
  });

  const openRuns = async () => {
    for (const { id } of RUNS) await store.openRun({ id, startedAt: id, partial: false });
  };

  it("by an older run replaces nothing of a newer one", async () => {
    await openRuns();
    await updateRepository(store, REPOSITORY, RUNS[1]!, countNight(NIGHTS[1]));
    expect(await updateRepository(store, REPOSITORY, RUNS[0]!, countNight(NIGHTS[0]))).toBeNull();
    expect(await countedNights()).toBe(1);
  });

  it("by an older run leaves out the tags that a newer one recorded", async () => {
    await openRuns();
    await updateRepository(store, REPOSITORY, RUNS[1]!, () => writeTag(NIGHTS[1]));
    const late = { repository: null, tags: [...writeTag(NIGHTS[0]).tags, tagState("v1.4.1", null, { version: 0, run: NIGHTS[0] })] };
    await updateRepository(store, REPOSITORY, RUNS[0]!, () => late);
    const { tags } = await store.loadRepository(REPOSITORY);
    expect([...tags.values()].map(({ tag, run }) => [tag, run])).toEqual([
      ["v1.4.1", NIGHTS[0]],
      ["v1.4.2", NIGHTS[1]],
    ]);
  });

  it("keeps the evidence before the states that rest on it", async () => {
    const bytes = new TextEncoder().encode("{}");
    const evidence = new Map([[digestOf(bytes), bytes]]);
    const broken = failNotWritten(store, "record");
    await expect(updateRepository(broken, REPOSITORY, RUNS[0]!, () => ({ ...writeTag(NIGHTS[0]), evidence }))).rejects.toThrow("lost");
    expect(await store.loadEvidence(digestOf(bytes))).toEqual(bytes);
    expect((await store.loadRepository(REPOSITORY)).tags.size).toBe(0);
  });
});
