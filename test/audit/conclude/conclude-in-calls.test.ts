import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MANNER } from "../../../lambdas/doors/manner.ts";
import { concludeInCalls, type ConclusionPhase, type ConclusionStep } from "../../../lib/audit/conclude/conclude-in-calls.ts";
import { openKeptParts } from "../../../lib/audit/kept-parts.ts";
import { openRun } from "../../../lib/audit/open-run.ts";
import { pushArtifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { RunTexts } from "../../../lib/history/dynamodb/run-texts.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import type { WatchList } from "../../../lib/watchlist/watch-list.ts";
import { openKeptTexts } from "../kept-texts.ts";
import { auditNightInCalls, type CallScript } from "../night-in-calls.ts";
import { nextTurn, nightAt, openMemory, ReportShelf, watch, watchList, type NightOptions } from "../night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let texts: RunTexts;
let list: WatchList;

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  texts = openKeptTexts();
  list = watchList(watch(`${registry.host}/app`, key.pem));
  const image = buildImage({ seed: "1" });
  pushArtifact(registry.store, "app", image, "1.0.0");
  signSimple(registry, "app", image, key);
});
afterEach(() => Promise.all([registry.close(), store.close()]));

const runOf = (n: number): string => `${new Date(nightAt(n)).toISOString().slice(0, 19)}Z`;
const auditNight = (n: number, options: NightOptions & CallScript = {}) => auditNightInCalls(list, store, n, { texts, ...options });

function conclude(n: number, phase: ConclusionPhase): Promise<ConclusionStep> {
  return concludeInCalls(
    { run: runOf(n), phase, manner: MANNER, clock: () => nightAt(n), sleep: nextTurn },
    {
      store,
      texts,
      reports: new ReportShelf(),
      openChannels: () => Promise.resolve([]),
      loadWatchList: () => Promise.resolve(list),
    },
  );
}

describe("a conclusion in calls", () => {
  it("announces a run when it closes it, and again if the call is repeated: the one before may have died first", async () => {
    expect((await auditNight(0)).step).toMatchObject({ kind: "closed", announce: "run" });
    expect(await conclude(0, "first")).toMatchObject({ kind: "closed", announce: "run", complete: true });
    expect(await conclude(0, "last")).toMatchObject({ announce: "run" });
  });

  it("does not count a run twice that is only offering its messages again", async () => {
    await auditNight(0);
    expect(await conclude(0, "late")).toMatchObject({ kind: "closed", announce: "repeat" });
  });

  it("announces nothing of a run when a newer one is closed, and a run over a part of the watch list is no newer one", async () => {
    await auditNight(0);
    const partial = await openRun(store, {
      now: nightAt(0) + 60_000,
      scheduled: true,
      wallClock: () => nightAt(0) + 60_000,
      partial: true,
    });
    await store.closeRun({
      id: partial.id,
      finishedAt: partial.startedAt,
      complete: true,
      coverage: [],
      watchList: `sha256:${"0".repeat(64)}`,
      document: ["{}"],
      exitCode: 0,
    });
    expect(await conclude(0, "first")).toMatchObject({ announce: "run" });
    await auditNight(1);
    expect(await conclude(0, "first")).toMatchObject({ kind: "closed", announce: "nothing" });
  });

  it("leaves a run to the later one that has taken it over", async () => {
    await expect(auditNight(0, { dies: true })).rejects.toThrow("died");
    await auditNight(1);
    expect(await conclude(0, "first")).toEqual({ kind: "taken-over" });
  });

  it("says how many calls may read again at a time", async () => {
    await auditNight(0);
    pushArtifact(registry.store, "app", buildImage({ seed: "2" }), "1.1.0");
    await expect(auditNight(1, { dies: true })).rejects.toThrow("died");
    const look = [{ repository: `${registry.host}/app`, nth: 0, tags: ["1.1.0"] }];
    expect(await conclude(1, "first")).toEqual({ kind: "look-again", look, concurrency: 4 });
  });
});

describe("what calls leave for each other", () => {
  it("keeps a part that is done, although a slower call of the same repository comes later with one that is not", async () => {
    await expect(auditNight(0, { dies: true })).rejects.toThrow("died");
    const kept = openKeptParts(texts, runOf(0));
    const part = (await kept.loadPart(`${registry.host}/app`))!;
    expect(part.done).toBe(true);
    expect(await kept.savePart({ ...part, done: false, tags: [] })).toBe(true);
    expect(await kept.loadPart(`${registry.host}/app`)).toEqual(part);
  });

  it("has no plan for a run that was never planned, and says so", async () => {
    await expect(conclude(3, "first")).rejects.toThrow(`load the plan of the run of ${runOf(3)}: it was never planned`);
  });
});
