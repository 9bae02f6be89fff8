import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acknowledgeFinding } from "../../lib/history/findings/acknowledge.ts";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { failButWritten, failNotWritten } from "../history/faulty-store.ts";
import { auditNight, openMemory, watch, watchList, type Night } from "./night.ts";

const [key, successor] = [newKeyPair(), newKeyPair()];
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;
let images: Artifact[];

function push(repository: string, tag: string): Artifact {
  const image = buildImage({ seed: `${repository}:${tag}` });
  pushArtifact(registry.store, repository, image, tag);
  return image;
}

const sign = (): void => images.forEach((image) => signSimple(registry, "app", image, key));
const unsign = (): void => images.forEach(({ digest }) => registry.store.untag("app", cosignTag(digest, ".sig")));
const name = (repository: string): string => `${registry.host}/${repository}`;

function toldOf({ told }: Night): string[] {
  return told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(name("app"), key.pem), watch(name("other"), key.pem));
  images = Array.from({ length: 12 }, (_, at) => push("app", `1.0.${at}`));
  sign();
  signSimple(registry, "other", push("other", "1.0.0"), key);
  await auditNight(list, store, 0);
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("a storm whose run breaks off", () => {
  it("before anything is held is nothing when the next night finds all signed", async () => {
    unsign();
    await expect(auditNight(list, failNotWritten(store, "holdChanges"), 1)).rejects.toMatchObject({ code: "history" });
    sign();
    expect(toldOf(await auditNight(list, store, 2))).toEqual([]);
    expect(await store.pendingChanges()).toEqual([]);
  });

  it("is told by the next night when it proves real then", async () => {
    unsign();
    await expect(auditNight(list, failNotWritten(store, "holdChanges"), 1)).rejects.toMatchObject({ code: "history" });
    expect(toldOf(await auditNight(list, store, 2)).filter((line) => line.startsWith("opened"))).toHaveLength(12);
  });

  it("after it was held waits for a run that reads its releases", async () => {
    unsign();
    await expect(auditNight(list, failNotWritten(store, "conclude"), 1)).rejects.toMatchObject({ code: "history" });
    expect(await store.heldChanges()).toHaveLength(12);
    expect(toldOf(await auditNight(list, store, 2, { only: [name("other")] }))).toEqual(["storm - -"]);
    sign();
    expect(toldOf(await auditNight(list, store, 3))).toEqual([]);
    expect(await store.pendingChanges()).toEqual([]);
  });

  it("between its hold and its second reading is nothing when the same night, started again, finds all signed", async () => {
    unsign();
    await expect(auditNight(list, failButWritten(store, "holdChanges"), 1)).rejects.toMatchObject({ code: "history" });
    expect(await store.heldChanges()).toHaveLength(12);
    sign();
    expect(toldOf(await auditNight(list, store, 1))).toEqual([]);
    expect(await store.pendingChanges()).toEqual([]);
  });

  it("is told as it was seen where the watch list does not name its releases any more", async () => {
    unsign();
    await expect(auditNight(list, failNotWritten(store, "conclude"), 1)).rejects.toMatchObject({ code: "history" });
    const narrower = { ...list, repositories: list.repositories.filter(({ repository }) => repository.path === "other") };
    const told = toldOf(await auditNight(narrower, store, 2));
    expect(told.filter((line) => line.startsWith("opened signature-detached"))).toHaveLength(12);
    expect(await store.pendingChanges()).toEqual([]);
  });
});

describe("changes of a run that somebody still works for", () => {
  it("are left to it by a run over another repository", async () => {
    images = images.slice(0, 2);
    unsign();
    await expect(auditNight(list, failNotWritten(store, "conclude"), 1)).rejects.toMatchObject({ code: "history" });
    const between = { now: Date.parse("2026-11-02T02:30:00Z") };
    expect(toldOf(await auditNight(list, store, 1, { ...between, only: [name("other")] }))).toEqual([]);
    expect(toldOf(await auditNight(list, store, 1))).toEqual(["opened signature-detached 1.0.0", "opened signature-detached 1.0.1"]);
  });

  it("are told by a whole run that saw the same", async () => {
    images = images.slice(0, 2);
    unsign();
    await expect(auditNight(list, failNotWritten(store, "conclude"), 1)).rejects.toMatchObject({ code: "history" });
    const later = { now: Date.parse("2026-11-02T03:00:00Z") };
    expect(toldOf(await auditNight(list, store, 1, later))).toHaveLength(2);
  });
});

describe("a policy's finding that is closed before all its flips were concluded", () => {
  it("is followed by a second one, and blocks nothing", async () => {
    const changed = { ...list, repositories: list.repositories.map((watched) => watch(watched.repository.name, successor.pem)) };
    // Twelve flips are one batch, the thirteenth another.
    await expect(auditNight(changed, failNotWritten(store, "conclude", 2), 1)).rejects.toMatchObject({ code: "history" });
    const [first] = await store.findings({ live: true });
    const request = { until: Date.parse("2027-01-01T00:00:00Z"), reason: "meant", owner: "ops", now: Date.parse("2026-11-02T03:00:00Z") };
    await store.saveFinding(acknowledgeFinding(first!, request));
    push("app", "1.1.0");
    const told = toldOf(await auditNight(changed, store, 2));
    expect(told).toContain("opened release-unsigned 1.1.0");
    expect(told.filter((line) => line === "opened policy-changed -")).toHaveLength(2);
    expect(await store.pendingChanges()).toEqual([]);
  });
});
