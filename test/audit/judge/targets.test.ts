import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage, buildIndex } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import type { WatchedRepository, WatchList } from "../../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList, type Night } from "../night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;

const listOf = (changes: Partial<WatchedRepository> = {}, pem = key.pem): WatchList =>
  watchList(watch(`${registry.host}/app`, pem, changes));

function push(tag: string | undefined, seed = tag ?? "untagged"): Artifact {
  const image = buildImage({ seed });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function pushSigned(tag: string, signer = key): Artifact {
  const image = push(tag);
  signSimple(registry, "app", image, signer);
  return image;
}

function findingsOf({ document }: Night): string[] {
  return document.findings.map(({ cause, tag, status }) => `${cause} ${tag ?? "-"} ${status}`).toSorted();
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("the targets of an index", () => {
  const platforms = ["amd64", "arm64"].map((architecture) => buildImage({ seed: architecture, platform: { os: "linux", architecture } }));

  function pushIndex(): Artifact {
    for (const platform of platforms) pushArtifact(registry.store, "app", platform);
    const index = buildIndex(platforms);
    pushArtifact(registry.store, "app", index, "1.0.0");
    return index;
  }

  it("are the index, every platform, or both, and neither stands in for the other", async () => {
    const index = pushIndex();
    for (const platform of platforms) signSimple(registry, "app", platform, key);
    const verdict = async (target: WatchedRepository["target"]): Promise<string[]> => {
      const fresh = openMemory();
      const night = await auditNight(listOf({ target }), fresh, 0);
      await fresh.close();
      return verdictsOf(night);
    };
    expect(await verdict("index")).toEqual(["1.0.0 unsigned/only-on-platform"]);
    expect(await verdict("platforms")).toEqual(["1.0.0 signed"]);
    expect(await verdict("both")).toEqual(["1.0.0 unsigned/nothing-found"]);
    signSimple(registry, "app", index, key);
    expect(await verdict("both")).toEqual(["1.0.0 signed"]);
  });

  it("name the signature that went, although those of other platforms are still there", async () => {
    pushIndex();
    const signatures = platforms.map((platform) => signSimple(registry, "app", platform, key));
    await auditNight(listOf({ target: "platforms" }), store, 0);
    registry.store.untag("app", cosignTag(platforms[1]!.digest, ".sig"));
    registry.store.deleteManifest("app", signatures[1]!.digest);
    expect(findingsOf(await auditNight(listOf({ target: "platforms" }), store, 1))).toEqual(["signature-deleted 1.0.0 open"]);
  });

  it("keep their cause on a night on which another platform cannot be read", async () => {
    pushIndex();
    const signatures = platforms.map((platform) => signSimple(registry, "app", platform, key));
    const list = listOf({ target: "platforms" });
    await auditNight(list, store, 0);
    registry.store.untag("app", cosignTag(platforms[1]!.digest, ".sig"));
    registry.store.deleteManifest("app", signatures[1]!.digest);
    await auditNight(list, store, 1);
    registry.setFault({ when: { kind: "blob" }, fault: "500" });
    expect(findingsOf(await auditNight(list, store, 2))).toEqual(["signature-deleted 1.0.0 open"]);
  });

  it("are never signed where an index hides one too deep to be looked at", async () => {
    const [signed, hidden] = platforms as [Artifact, Artifact];
    for (const platform of platforms) pushArtifact(registry.store, "app", platform);
    signSimple(registry, "app", signed, key);
    let nested = buildIndex([hidden]);
    for (let depth = 0; depth < 6; depth++) {
      pushArtifact(registry.store, "app", nested);
      nested = buildIndex([nested]);
    }
    pushArtifact(registry.store, "app", nested);
    pushArtifact(registry.store, "app", buildIndex([signed, nested]), "1.0.0");
    expect(verdictsOf(await auditNight(listOf({ target: "platforms" }), store, 0))).toEqual(["1.0.0 unknown/limit"]);
  });

  it("make no release's alert when the watch list looks at others than before", async () => {
    const index = pushIndex();
    signSimple(registry, "app", index, key);
    await auditNight(listOf(), store, 0);
    const night = await auditNight(listOf({ target: "platforms" }), store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 unsigned/nothing-found"]);
    expect(findingsOf(night)).toEqual(["policy-changed - open"]);
  });

  it("do not hide that a signature was deleted in the same night", async () => {
    const index = pushIndex();
    const signature = signSimple(registry, "app", index, key);
    await auditNight(listOf(), store, 0);
    registry.store.untag("app", cosignTag(index.digest, ".sig"));
    registry.store.deleteManifest("app", signature.digest);
    expect(findingsOf(await auditNight(listOf({ target: "both" }), store, 1))).toEqual(["signature-deleted 1.0.0 open"]);
  });

  it("stay signed on an unchanged night", async () => {
    const index = pushIndex();
    for (const image of [index, ...platforms]) signSimple(registry, "app", image, key);
    await auditNight(listOf({ target: "both" }), store, 0);
    expect(verdictsOf(await auditNight(listOf({ target: "both" }), store, 1))).toEqual(["1.0.0 signed"]);
  });

  it("are the manifest itself where there is no index", async () => {
    pushSigned("1.0.0");
    expect(verdictsOf(await auditNight(listOf({ target: "platforms" }), store, 0))).toEqual(["1.0.0 signed"]);
  });
});
