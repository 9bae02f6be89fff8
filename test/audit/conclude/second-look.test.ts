import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findLookAgain } from "../../../lib/audit/conclude/look-again.ts";
import { planRun } from "../../../lib/audit/plan-run.ts";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import type { WatchList } from "../../../lib/watchlist/watch-list.ts";
import { MANNER } from "../../../lambdas/doors/manner.ts";
import { change } from "../../history/examples.ts";
import { nightAt, NO_CLIENTS, openMemory, ReportShelf, watch, watchList } from "../night.ts";
import { playParts, toldOf, type Played, type Script } from "../play-parts.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;
const shelf = new ReportShelf();
beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem), watch(`${registry.host}/api`, key.pem));
});
afterEach(() => Promise.all([registry.close(), store.close()]));

const playNight = (n: number, script?: Script): Promise<Played> => playParts(n, { list, store, shelf }, script);

function push(repository: string, tag: string, signed = true): Artifact {
  const image = buildImage({ seed: `${repository}:${tag}` });
  pushArtifact(registry.store, repository, image, tag);
  if (signed) signSimple(registry, repository, image, key);
  return image;
}

describe("a second look", () => {
  it("reads alerts again before they are told: a signature that arrived meanwhile costs nobody a night", async () => {
    push("app", "1.0.0");
    push("api", "2.0.0");
    await playNight(0);
    const before = registry.requests.count();
    const [late, never] = [push("app", "1.1.0", false), push("app", "1.2.0", false)];
    const played = await playNight(1, { beforeSecondLook: () => signSimple(registry, "app", late, key) });
    expect(played.again).toMatchObject([{ tags: ["1.1.0", "1.2.0"] }]);
    expect(toldOf(played)).toEqual(["opened release-unsigned 1.2.0"]);
    const { document, coverage } = played.concluded;
    // The record of the run says what was found last.
    expect(document.summary).toMatchObject({ releases: 4, signed: 3, unsigned: 1 });
    expect(document.releases.map(({ tag, verdict }) => [tag, verdict])).toEqual([["1.2.0", "unsigned"]]);
    expect(document.registries.map(({ requests }) => requests)).toEqual([registry.requests.count() - before]);
    expect(coverage.map(({ judged }) => judged)).toEqual([3, 1]);
    signSimple(registry, "app", never, key);
    expect(toldOf(await playNight(2))).toEqual(["recovered release-unsigned 1.2.0"]);
  });

  it("tells a version tag that moved whatever arrives meanwhile", async () => {
    push("app", "1.0.0");
    push("api", "2.0.0");
    await playNight(0);
    const moved = buildImage({ seed: "moved" });
    pushArtifact(registry.store, "app", moved, "1.0.0");
    const played = await playNight(1, { beforeSecondLook: () => signSimple(registry, "app", moved, key) });
    expect(played.again).toEqual([]);
    expect(toldOf(played)).toEqual(["opened tag-moved 1.0.0"]);
  });

  it("counts what it could not read as unknown", async () => {
    push("app", "1.0.0");
    await playNight(0);
    push("app", "1.1.0", false);
    const played = await playNight(1, { beforeSecondLook: () => registry.setFault({ when: { kind: "manifest-tag" }, fault: "503" }) });
    const { document, coverage } = played.concluded;
    expect(document.summary).toMatchObject({ signed: 1, unsigned: 0, unknown: 1 });
    expect([document.run.complete, coverage[0]]).toMatchObject([false, { judged: 1, unknown: 1 }]);
  });

  it("takes a moving tag back that named what was not signed yet, and never a way back", async () => {
    const images = ["1.0.0", "1.1.0"].map((tag) => push("app", tag));
    pushArtifact(registry.store, "app", images[1]!, "latest");
    list = watchList(
      watch(`${registry.host}/app`, key.pem, { tags: { include: null, exclude: [], semver: null, newest: null, moving: ["latest"] } }),
    );
    await playNight(0);
    const next = buildImage({ seed: "next" });
    pushArtifact(registry.store, "app", next, "latest");
    const played = await playNight(1, { beforeSecondLook: () => signSimple(registry, "app", next, key) });
    expect([played.again.map(({ tags }) => tags), toldOf(played)]).toEqual([[["latest"]], []]);
    pushArtifact(registry.store, "app", images[0]!, "latest");
    const back = await playNight(2);
    expect([back.again, toldOf(back)]).toEqual([[], ["opened tag-rolled-back latest"]]);
  });

  it("counts for a storm what a run saw that died before it told", async () => {
    const images = Array.from({ length: 12 }, (_, at) => push("app", `1.${at}.0`));
    await playNight(0);
    for (const { digest } of images) registry.store.untag("app", cosignTag(digest, ".sig"));
    await expect(playNight(1, { dies: true })).rejects.toThrow("died");
    const played = await playNight(2, { beforeSecondLook: () => signSimple(registry, "app", images[0]!, key) });
    expect(played.again.map(({ tags }) => tags.length)).toEqual([12]);
    const summaries = played.told.flatMap(({ entry }) => entry.summary ?? []);
    expect(summaries).toContainEqual(expect.objectContaining({ kind: "storm" }));
    expect(toldOf(played).filter((line) => line.includes(" 1.0.0"))).toEqual([]);
  });

  it("whose time ends first proves nothing: what a storm holds waits for the next night", async () => {
    const images = Array.from({ length: 12 }, (_, at) => push("app", `1.${at}.0`));
    await playNight(0);
    for (const { digest } of images) registry.store.untag("app", cosignTag(digest, ".sig"));
    const played = await playNight(1, { secondLookEnds: true });
    expect(toldOf(played)).toEqual(["storm - -"]);
    expect(played.told.flatMap(({ entry }) => entry.summary ?? [])).toMatchObject([{ facts: { storm: { real: 0, unread: 12 } } }]);
    expect(toldOf(await playNight(2)).filter((line) => line.startsWith("opened"))).toHaveLength(12);
  });

  it("leaves alone what a run over another part of the watch list saw", async () => {
    const { plan } = await planRun(
      list,
      { now: nightAt(0), scheduled: true, wallClock: () => nightAt(0), only: null },
      { store, clients: NO_CLIENTS },
    );
    const changes = Array.from({ length: 12 }, (_, at) => change({ id: `${at}`, tag: `v1.${at}.0`, run: plan.run }));
    const pending = { ...store, pendingChanges: () => Promise.resolve(changes) };
    const elsewhere = { ...plan, repositories: [`${changes[0]!.repository}-other`] };
    expect(await findLookAgain({ ...list, repositories: [] }, [], elsewhere, MANNER, pending)).toEqual([]);
  });

  it("is cut into calls that each fit into the time and the input of a function", async () => {
    const { plan } = await planRun(
      list,
      { now: nightAt(0), scheduled: true, wallClock: () => nightAt(0), only: null },
      { store, clients: NO_CLIENTS },
    );
    const changes = Array.from({ length: 1201 }, (_, at) => change({ id: `${at}`, tag: `v1.${at}.0`, run: "R" }));
    const pending = { ...store, pendingChanges: () => Promise.resolve(changes) };
    const looks = await findLookAgain(
      { ...list, repositories: [] },
      [],
      { ...plan, run: "R", repositories: [changes[0]!.repository] },
      MANNER,
      pending,
    );
    expect(looks.map(({ nth, tags }) => [nth, tags.length])).toEqual([
      [0, 500],
      [1, 500],
      [2, 201],
    ]);
    expect(new Set(looks.flatMap(({ tags }) => tags)).size).toBe(1201);
  });
});
