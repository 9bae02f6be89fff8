import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, watch, watchList, type Night } from "../night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;
let images: Artifact[];

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function hideSignatures(): void {
  for (const { digest } of images) registry.store.untag("app", cosignTag(digest, ".sig"));
}

function showSignatures(count: number): void {
  for (const image of images.slice(0, count)) signSimple(registry, "app", image, key);
}

function toldOf({ told }: Night): string[] {
  return told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
}

/** Does something once, when the repository was recorded for the first time in this run: before it is read again. */
function whenRecorded(act: () => void): { progress: (event: { phase: string }) => void } {
  let recorded = 0;
  return {
    progress: ({ phase }) => {
      if (phase === "recorded" && ++recorded === 1) act();
    },
  };
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem));
  images = Array.from({ length: 12 }, (_, at) => push(`1.0.${at}`));
  showSignatures(12);
  await auditNight(list, store, 0);
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("many releases that turn worse in one run", () => {
  it("are read again before anything is told, and only what proves real is told, with a summary", async () => {
    hideSignatures();
    push("1.1.0");
    const night = await auditNight(
      list,
      store,
      1,
      whenRecorded(() => showSignatures(10)),
    );
    expect(toldOf(night)).toEqual([
      "opened release-unsigned 1.1.0",
      "opened signature-detached 1.0.10",
      "opened signature-detached 1.0.11",
      "storm - -",
    ]);
    const summary = night.told.find(({ entry }) => entry.kind === "storm")?.entry.summary;
    expect(summary?.facts.storm).toEqual({ about: registry.host, of: 12, total: 12, real: 2, recovered: 10, unread: 0 });
    expect(night.document.summary).toMatchObject({ signed: 10, unsigned: 3 });
    expect(await store.pendingChanges()).toEqual([]);
    expect(toldOf(await auditNight(list, store, 2))).toEqual([]);
  });

  it("stay held while they cannot be read, and are told when they can", async () => {
    hideSignatures();
    const night = await auditNight(
      list,
      store,
      1,
      whenRecorded(() => registry.setFault({ when: { kind: "referrers" }, fault: "503" })),
    );
    expect(toldOf(night)).toEqual(["storm - -"]);
    expect(night.told[0]?.entry.summary?.facts.storm).toMatchObject({ total: 12, real: 0, recovered: 0, unread: 12 });
    expect(await store.heldChanges()).toHaveLength(12);
    registry.setFault(null);
    showSignatures(9);
    const next = await auditNight(list, store, 2);
    expect(toldOf(next)).toEqual([
      "opened signature-detached 1.0.10",
      "opened signature-detached 1.0.11",
      "opened signature-detached 1.0.9",
    ]);
    expect(await store.pendingChanges()).toEqual([]);
  });

  it("do not hold tags that moved, nor signatures of strangers", async () => {
    const stranger = newKeyPair();
    hideSignatures();
    for (const image of images) signSimple(registry, "app", image, stranger);
    const night = await auditNight(list, store, 1);
    expect(toldOf(night)).not.toContain("storm - -");
    expect(night.told).toHaveLength(12);
  });

  it("are told one by one where they are few", async () => {
    images = images.slice(0, 9);
    hideSignatures();
    const night = await auditNight(list, store, 1);
    expect(toldOf(night)).toHaveLength(9);
    expect(toldOf(night)).not.toContain("storm - -");
  });
});

describe("all signatures of a small repository that vanish at once", () => {
  beforeEach(async () => {
    const name = `${registry.host}/small`;
    list = watchList(watch(`${registry.host}/app`, key.pem), watch(name, key.pem));
    images = ["1.0.0", "1.0.1", "1.0.2"].map((tag) => {
      const image = buildImage({ seed: `small ${tag}` });
      pushArtifact(registry.store, "small", image, tag);
      signSimple(registry, "small", image, key);
      return image;
    });
    await auditNight(list, store, 1);
    for (const { digest } of images) registry.store.untag("small", cosignTag(digest, ".sig"));
  });

  it("are read again before anything is told, and told if they are still gone", async () => {
    expect(toldOf(await auditNight(list, store, 2))).toEqual([
      "opened signature-detached 1.0.0",
      "opened signature-detached 1.0.1",
      "opened signature-detached 1.0.2",
      "storm - -",
    ]);
  });

  it("are not told if they are back by then", async () => {
    let recorded = 0;
    const progress = ({ repository, phase }: { repository: string; phase: string }): void => {
      if (phase === "recorded" && repository.endsWith("/small") && ++recorded === 1)
        for (const image of images) signSimple(registry, "small", image, key);
    };
    const night = await auditNight(list, store, 2, { progress });
    expect(toldOf(night)).toEqual(["storm - -"]);
    expect(night.document.summary).toMatchObject({ signed: 15, unsigned: 0 });
  });
});
