import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signReferrer, signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { auditNightInCalls } from "./night-in-calls.ts";
import { DOORS, doorsOf } from "./doors.ts";
import { auditNight, nightAt, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

/** What a night said of each release, and what it told. */
function saidOf(night: Night): string[] {
  const told = night.told.flatMap(({ entry, finding }) =>
    finding === null ? [] : [`${entry.kind} ${finding.cause} ${finding.tag ?? "-"}`],
  );
  return [...verdictsOf(night), ...told.toSorted()];
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: false });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem));
});
afterEach(() => Promise.all([registry.close(), store.close()]));

/** Ways to lose a signature and leave its name behind. Each returns what ends the loss. */
const LOSSES: Readonly<Record<string, (image: Artifact) => { lose: () => void; verdict: string }>> = {
  "whose entry stays in the fallback index": (image) => {
    const signature = signBundle(registry, "app", image, key);
    return { lose: () => void registry.store.deleteManifest("app", signature.digest), verdict: "unsigned/nothing-found" };
  },
  "that the referrers API still lists": (image) => {
    registry.setOptions({ referrersApi: true });
    const signature = signReferrer(registry, "app", image, key);
    const gone = (request: { reference: string | null }): boolean => request.reference === signature.digest;
    return { lose: () => registry.setFault({ when: gone, fault: "404-error" }), verdict: "unsigned/nothing-found" };
  },
  "whose tag is still listed": (image) => {
    const { digest } = signSimple(registry, "app", image, key);
    const tag = cosignTag(image.digest, ".sig");
    const gone = (request: { reference: string | null }): boolean => request.reference === tag || request.reference === digest;
    return { lose: () => registry.setFault({ when: gone, fault: "404-error" }), verdict: "unsigned/nothing-found" };
  },
  "whose payload is gone from under its manifest": (image) => {
    signSimple(registry, "app", image, key);
    return { lose: () => registry.setFault({ when: { kind: "blob" }, fault: "404-error" }), verdict: "untrusted/unverifiable" };
  },
};

describe.each(Object.entries(LOSSES).map(([what, lose], nth) => ({ what, lose, nth })))("a signature $what", ({ lose, nth }) => {
  it.each(doorsOf(nth))("is unknown on the first night and told as deleted on the second, once (%s)", async (name) => {
    const audit = DOORS[name]();
    const { lose: loseIt, verdict } = lose(push("1.0.0"));
    await audit(list, store, 0);
    loseIt();
    expect(saidOf(await audit(list, store, 1))).toEqual(["1.0.0 unknown/listed-but-missing"]);
    expect(saidOf(await audit(list, store, 2))).toEqual([`1.0.0 ${verdict}`, "opened signature-deleted 1.0.0"]);
    expect(saidOf(await audit(list, store, 3))).toEqual([`1.0.0 ${verdict}`]);
    expect(saidOf(await audit(list, store, 17))).toEqual([`1.0.0 ${verdict}`]);
  });
});

describe("a signature in a dangling entry of the fallback index", () => {
  let image: Artifact;
  let signature: Artifact;

  beforeEach(async () => {
    image = push("1.0.0");
    signature = signBundle(registry, "app", image, key);
    await auditNight(list, store, 0);
    registry.store.deleteManifest("app", signature.digest);
  });

  it("is not gone by a second audit of the same night, nor by one that was repeated", async () => {
    await auditNight(list, store, 1);
    const later = await auditNight(list, store, 1, { now: nightAt(1) + 3 * 3600 * 1000 });
    expect(saidOf(later)).toEqual(["1.0.0 unknown/listed-but-missing"]);
    expect(saidOf(await auditNight(list, store, 2))).toEqual(["1.0.0 unsigned/nothing-found", "opened signature-deleted 1.0.0"]);
  });

  it("is told by the next night if the second one died before it concluded", async () => {
    await auditNightInCalls(list, store, 1);
    await expect(auditNightInCalls(list, store, 2, { dies: true })).rejects.toThrow("died");
    expect(saidOf(await auditNightInCalls(list, store, 3))).toEqual(["1.0.0 unsigned/nothing-found", "opened signature-deleted 1.0.0"]);
  });

  it("counts nights on which the registry answered, whatever lay between", async () => {
    await auditNight(list, store, 1);
    registry.setFault({ when: { path: `/manifests/${signature.digest}` }, fault: "503" });
    expect(saidOf(await auditNight(list, store, 2))).toEqual(["1.0.0 unknown/server-error"]);
    registry.setFault(null);
    expect(saidOf(await auditNight(list, store, 3))).toEqual(["1.0.0 unsigned/nothing-found", "opened signature-deleted 1.0.0"]);
  });

  it("is not gone by a 404 that the registry did not write", async () => {
    registry.setFault({ when: { path: `/manifests/${signature.digest}` }, fault: "404-html" });
    await auditNight(list, store, 1);
    expect(saidOf(await auditNight(list, store, 2))).toEqual(["1.0.0 unknown/not-found"]);
  });

  it("begins anew if it was there in between", async () => {
    await auditNight(list, store, 1);
    pushArtifact(registry.store, "app", signature);
    expect(saidOf(await auditNight(list, store, 2))).toEqual(["1.0.0 signed"]);
    registry.store.deleteManifest("app", signature.digest);
    expect(saidOf(await auditNight(list, store, 3))).toEqual(["1.0.0 unknown/listed-but-missing"]);
    expect(saidOf(await auditNight(list, store, 4))).toEqual(["1.0.0 unsigned/nothing-found", "opened signature-deleted 1.0.0"]);
  });

  it("recovers when it is pushed back", async () => {
    await auditNight(list, store, 1);
    await auditNight(list, store, 2);
    pushArtifact(registry.store, "app", signature);
    expect(saidOf(await auditNight(list, store, 3))).toEqual(["1.0.0 signed", "recovered signature-deleted 1.0.0"]);
    expect((await store.loadRepository(`${registry.host}/app`)).tags.get("1.0.0")!.gone).toBeUndefined();
  });

  it("leaves the release signed while another one counts, and is told with that one's loss by the second night", async () => {
    pushArtifact(registry.store, "app", signature);
    const other = signReferrer(registry, "app", image, key);
    await auditNight(list, store, 1);
    registry.store.deleteManifest("app", signature.digest);
    expect(saidOf(await auditNight(list, store, 2))).toEqual(["1.0.0 signed"]);
    expect(saidOf(await auditNight(list, store, 3))).toEqual(["1.0.0 signed"]);
    registry.store.deleteManifest("app", other.digest);
    expect(saidOf(await auditNight(list, store, 4))).toEqual(["1.0.0 unknown/listed-but-missing"]);
    expect(saidOf(await auditNight(list, store, 5))).toEqual(["1.0.0 unsigned/nothing-found", "opened signature-deleted 1.0.0"]);
  });
});

describe("a signature of a release that is not among the newest", () => {
  it("is missed within two nights of its loss, and told by the night after", async () => {
    const signature = signBundle(registry, "app", push("1.0.0"), key);
    for (let n = 0; n < 12; n++) signSimple(registry, "app", push(`2.0.${n}`), key);
    await auditNight(list, store, 0);
    await auditNight(list, store, 1);
    registry.store.deleteManifest("app", signature.digest);
    const told: string[] = [];
    for (const night of [2, 3, 4]) told.push(...saidOf(await auditNight(list, store, night)).filter((line) => line.startsWith("opened")));
    expect(told).toEqual(["opened signature-deleted 1.0.0"]);
  });
});
