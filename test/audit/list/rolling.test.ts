import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import type { WatchedRepository } from "../../../lib/watchlist/watch-list.ts";
import { runIdOf } from "../../../lib/audit/open-run.ts";
import { auditNight, nightAt, openMemory, watch, watchList, type Night } from "../night.ts";

const NIGHTS = 7;
/** The newest ten are always looked at: these are the others. */
const OLD = Array.from({ length: 30 }, (_, at) => `1.0.${at}`);
const NEW = Array.from({ length: 10 }, (_, at) => `2.0.${at}`);
const key = newKeyPair();
const images = new Map<string, Artifact>();
let registry: ControlRegistry;
let watched: WatchedRepository;
let store: HistoryStore;

function push(tag: string, seed = tag): Artifact {
  const image = buildImage({ seed });
  pushArtifact(registry.store, "app", image, tag);
  signSimple(registry, "app", image, key);
  return image;
}

function night(n: number, changes: Partial<WatchedRepository> = {}): Promise<Night> {
  registry.requests.clear();
  return auditNight(watchList({ ...watched, ...changes }), store, n);
}

/** Version tags that were looked at, by the document's own word. */
function lookedAt({ document }: Night): string[] {
  return document.releases.filter(({ checkedAt }) => checkedAt === document.run.startedAt).map(({ tag }) => tag);
}

function asked(text: string): number {
  return registry.requests.entries().filter(({ path }) => path.endsWith(text)).length;
}

beforeAll(async () => {
  registry = await startRegistry();
  watched = watch(`${registry.host}/app`, key.pem, { recheck: { kind: "rolling", nights: NIGHTS } });
});
afterAll(() => registry.close());
beforeEach(async () => {
  store = openMemory();
  registry.setFault(null);
  registry.store.deleteRepository("app");
  for (const tag of [...OLD, ...NEW]) images.set(tag, push(tag));
  registry.store.tag("app", "latest", images.get("2.0.9")!.digest);
  registry.store.tag("app", "stable", images.get("1.0.7")!.digest);
  await night(0);
});

describe("recheck in turns", () => {
  it("looks at every release once in so many nights, at the newest and at nothing else every night", async () => {
    const looks = new Map<string, number>();
    for (let n = 1; n <= NIGHTS; n++) for (const tag of lookedAt(await night(n))) looks.set(tag, (looks.get(tag) ?? 0) + 1);
    // `stable` has a turn of its own and names 1.0.7.
    const alone = OLD.filter((tag) => tag !== "1.0.7");
    expect(alone.map((tag) => looks.get(tag))).toEqual(alone.map(() => 1));
    expect(NEW.map((tag) => looks.get(tag))).toEqual(NEW.map(() => NIGHTS));
  });

  it("shows a release that it left alone as recorded, with the run that last looked at it", async () => {
    await night(1);
    const { document } = await night(2);
    const rested = document.releases.find(({ tag, checkedAt }) => tag.startsWith("1.") && checkedAt === new Date(nightAt(0)).toISOString());
    expect(rested).toMatchObject({ verdict: "signed", signers: [{ signer: "release", place: "cosign-tag" }] });
    expect(rested?.digest).toBe(images.get(rested!.tag)!.digest);
    expect(rested?.places.map(({ answer }) => answer)).toEqual(rested?.places.map(() => "recalled"));
    expect(document.summary).toMatchObject({ releases: 42, signed: 42 });
    expect(document.run.complete).toBe(true);
  });

  it("sends nothing for what it left alone, and writes nothing of it", async () => {
    const before = await store.loadRepository(watched.repository.name);
    const rested = new Set(OLD.filter((tag) => tag !== "1.0.7"));
    for (const tag of lookedAt(await night(1))) rested.delete(tag);
    expect(rested.size).toBeGreaterThan(15);
    for (const tag of rested) expect(asked(`manifests/${tag}`)).toBe(0);
    expect(await store.loadRepository(watched.repository.name)).toEqual(before);
  });

  it("looks at a new tag on its first night", async () => {
    push("1.0.500");
    expect(lookedAt(await night(1))).toContain("1.0.500");
  });

  it("resolves moving tags every night, and judges one that moved together with the version on its digest", async () => {
    await night(1);
    registry.store.tag("app", "stable", images.get("1.0.8")!.digest);
    const { document } = await night(2);
    const [stable, version] = ["stable", "1.0.8"].map((name) => document.releases.find(({ tag }) => tag === name));
    expect(stable).toMatchObject({ digest: images.get("1.0.8")!.digest, checkedAt: document.run.startedAt });
    expect(version?.checkedAt).toBe(document.run.startedAt);
  });

  it("sees a signature's tag that is gone in the tag list, whoever's turn it is", async () => {
    await night(1);
    for (const tag of OLD) registry.store.untag("app", cosignTag(images.get(tag)!.digest, ".sig"));
    const { document } = await night(2);
    expect(document.summary).toMatchObject({ unsigned: 31, signed: 11 });
  });

  it("keeps looking at what has a finding", async () => {
    registry.store.untag("app", cosignTag(images.get("1.0.3")!.digest, ".sig"));
    await night(1);
    for (const n of [2, 3]) expect(lookedAt(await night(n))).toContain("1.0.3");
  });

  it("sees a tag that is gone from the list, and does not call gone what it left alone", async () => {
    registry.store.untag("app", "1.0.4");
    const { document } = await night(1);
    expect(document.releases.map(({ tag }) => tag)).not.toContain("1.0.4");
    expect(document.releases).toHaveLength(41);
  });

  it("looks at everything in the night in which the policy changes", async () => {
    await night(1);
    const other = { ...watched.policy, transparencyLog: "optional" as const };
    expect(lookedAt(await night(2, { policy: other }))).toHaveLength(42);
  });

  it("looks at everything in the night in which another selection is made, and goes on from there", async () => {
    await night(1);
    const tags = { ...watched.tags, exclude: ["none"] };
    expect(lookedAt(await night(2, { tags }))).toHaveLength(42);
    expect(lookedAt(await night(3, { tags })).length).toBeLessThan(25);
  });

  it("catches up on the turns of nights that broke off", async () => {
    const expected = new Set<string>();
    const rehearsal = openMemory();
    const list = watchList(watched);
    await auditNight(list, rehearsal, 0);
    for (const n of [1, 2, 3]) for (const tag of lookedAt(await auditNight(list, rehearsal, n))) expected.add(tag);

    for (const n of [1, 2]) await store.openRun({ id: runIdOf(nightAt(n)), startedAt: new Date(nightAt(n)).toISOString(), partial: false });
    expect(new Set(lookedAt(await night(3)))).toEqual(expected);
  });

  it("looks at everything once the tag list can be read again", async () => {
    registry.setFault({ when: { kind: "tags" }, fault: "503" });
    expect((await night(1)).document.summary.unknown).toBe(42);
    registry.setFault(null);
    expect(lookedAt(await night(2))).toHaveLength(42);
    expect(lookedAt(await night(3)).length).toBeLessThan(25);
  });
});
