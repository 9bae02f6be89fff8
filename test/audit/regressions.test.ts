import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
const stranger = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;

function push(tag: string, seed = tag): Artifact {
  const image = buildImage({ seed });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function pushSigned(tag: string, seed = tag): Artifact {
  const image = push(tag, seed);
  signSimple(registry, "app", image, key);
  return image;
}

/** `release-unsigned 1.0.2 open`, sorted. */
function findingsOf({ document }: Night): string[] {
  return document.findings.map(({ cause, tag, status }) => `${cause} ${tag ?? "-"} ${status}`).toSorted();
}

function toldOf({ told }: Night): string[] {
  return told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem));
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("an audit over nights", () => {
  it("takes the first night as it is, tells it once as a summary, and is silent on a quiet night", async () => {
    pushSigned("1.0.0");
    push("1.0.1");
    const first = await auditNight(list, store, 0);
    expect(verdictsOf(first)).toEqual(["1.0.0 signed", "1.0.1 unsigned/nothing-found"]);
    expect(findingsOf(first)).toEqual([]);
    expect(toldOf(first)).toEqual(["baseline - -"]);
    expect(first.exitCode).toBe(1);
    const second = await auditNight(list, store, 1);
    expect(toldOf(second)).toEqual([]);
    expect(second.document.run).toMatchObject({ previous: first.document.run.id, baseline: false, complete: true });
  });

  it("tells a new unsigned release once, and its recovery once", async () => {
    pushSigned("1.0.0");
    await auditNight(list, store, 0);
    const bare = push("1.0.1");
    const night = await auditNight(list, store, 1);
    expect(toldOf(night)).toEqual(["opened release-unsigned 1.0.1"]);
    expect(night.document.findings[0]).toMatchObject({ severity: "alert", before: null, status: "open" });
    expect(toldOf(await auditNight(list, store, 2))).toEqual([]);
    signSimple(registry, "app", bare, key);
    const recovered = await auditNight(list, store, 3);
    expect(toldOf(recovered)).toEqual(["recovered release-unsigned 1.0.1"]);
    expect(findingsOf(recovered)).toEqual(["release-unsigned 1.0.1 resolved"]);
    expect(findingsOf(await auditNight(list, store, 4))).toEqual([]);
  });

  it("tells a deleted signature from a detached one", async () => {
    const [deleted, detached] = [pushSigned("1.0.0"), pushSigned("1.0.1")];
    pushSigned("1.0.2");
    await auditNight(list, store, 0);
    const manifest = registry.store.digestOfTag("app", cosignTag(deleted.digest, ".sig"))!;
    registry.store.untag("app", cosignTag(deleted.digest, ".sig"));
    registry.store.deleteManifest("app", manifest);
    registry.store.untag("app", cosignTag(detached.digest, ".sig"));
    const night = await auditNight(list, store, 1);
    expect(findingsOf(night)).toEqual(["signature-deleted 1.0.0 open", "signature-detached 1.0.1 open"]);
    expect(verdictsOf(night)).toEqual(["1.0.0 unsigned/nothing-found", "1.0.1 unsigned/nothing-found", "1.0.2 signed"]);
  });

  it("stays unknown about a deleted signature until its place answers, and then tells it once", async () => {
    const image = pushSigned("1.0.0");
    await auditNight(list, store, 0);
    const tag = cosignTag(image.digest, ".sig");
    registry.store.deleteManifest("app", registry.store.digestOfTag("app", tag)!);
    registry.store.untag("app", tag);
    registry.setFault({ when: (request) => request.reference?.startsWith("sha256-") === true, fault: "500" });
    const blind = await auditNight(list, store, 1);
    expect(verdictsOf(blind)).toEqual(["1.0.0 unknown/server-error"]);
    expect(findingsOf(blind)).toEqual([]);
    registry.setFault(null);
    expect(toldOf(await auditNight(list, store, 2))).toEqual(["opened signature-deleted 1.0.0"]);
    expect(toldOf(await auditNight(list, store, 3))).toEqual([]);
  });

  it("tells a version tag that was pushed over, and one that was rolled back", async () => {
    const old = pushSigned("1.0.0");
    pushSigned("1.0.1");
    pushSigned("2.0.0");
    await auditNight(list, store, 0);
    push("1.0.1", "evil");
    registry.store.tag("app", "2.0.0", old.digest);
    const night = await auditNight(list, store, 1);
    expect(findingsOf(night)).toEqual(["tag-moved 1.0.1 open", "tag-rolled-back 2.0.0 open"]);
  });

  it("tells a version tag that was pushed over while its first verdict was still out", async () => {
    pushSigned("1.0.0");
    push("1.0.1", "first");
    registry.setFault({ when: { kind: "referrers" }, fault: "500" });
    await auditNight(list, store, 0);
    push("1.0.1", "second");
    await auditNight(list, store, 1);
    registry.setFault(null);
    expect(findingsOf(await auditNight(list, store, 2))).toEqual(["tag-moved 1.0.1 open"]);
  });

  it("takes a moving tag that goes forward to a signed release as normal", async () => {
    const first = pushSigned("1.0.0");
    registry.store.tag("app", "latest", first.digest);
    await auditNight(list, store, 0);
    registry.store.tag("app", "latest", pushSigned("1.1.0").digest);
    expect(findingsOf(await auditNight(list, store, 1))).toEqual([]);
    registry.store.tag("app", "latest", first.digest);
    expect(findingsOf(await auditNight(list, store, 2))).toEqual(["tag-rolled-back latest open"]);
  });

  it("names strangers, misbound and damaged signatures", async () => {
    const good = pushSigned("1.0.0");
    await auditNight(list, store, 0);
    signSimple(registry, "app", push("1.0.1"), stranger);
    registry.store.tag("app", cosignTag(push("1.0.2").digest, ".sig"), registry.store.digestOfTag("app", cosignTag(good.digest, ".sig"))!);
    signSimple(registry, "app", push("1.0.3"), key, { signature: "!!! no base64 !!!" });
    const night = await auditNight(list, store, 1);
    expect(verdictsOf(night)).toEqual([
      "1.0.0 signed",
      "1.0.1 untrusted/unexpected-signer",
      "1.0.2 untrusted/wrong-digest",
      "1.0.3 untrusted/invalid-signature",
    ]);
    expect(findingsOf(night)).toEqual(["signature-invalid 1.0.3 open", "signature-misbound 1.0.2 open", "unexpected-signer 1.0.1 open"]);
  });

  it("says that a platform is signed where its index is not", async () => {
    pushSigned("1.0.0");
    await auditNight(list, store, 0);
    const platforms = [
      buildImage({ seed: "amd64", platform: { os: "linux", architecture: "amd64" } }),
      buildImage({ seed: "arm64", platform: { os: "linux", architecture: "arm64" } }),
    ];
    for (const platform of platforms) pushArtifact(registry.store, "app", platform);
    pushArtifact(registry.store, "app", buildIndex(platforms), "1.1.0");
    signSimple(registry, "app", platforms[0]!, key);
    const night = await auditNight(list, store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed", "1.1.0 unsigned/only-on-platform"]);
    expect(findingsOf(night)).toEqual(["signed-wrong-digest 1.1.0 open"]);
  });

  it("tells a repository that never signed once, and no release of it until the first signed one", async () => {
    push("1.0.0");
    const first = await auditNight(list, store, 0);
    expect(findingsOf(first)).toEqual(["never-signed - open"]);
    push("1.0.1");
    expect(toldOf(await auditNight(list, store, 1))).toEqual([]);
    pushSigned("1.0.2");
    expect(toldOf(await auditNight(list, store, 2))).toEqual(["recovered never-signed -"]);
    push("1.0.3");
    expect(toldOf(await auditNight(list, store, 3))).toEqual(["opened release-unsigned 1.0.3"]);
  });

  it("tells refused credentials the same night and silence after unknownFor", async () => {
    pushSigned("1.0.0");
    await auditNight(list, store, 0);
    registry.setFault({ when: () => true, fault: "403" });
    expect(toldOf(await auditNight(list, store, 1))).toEqual(["opened coverage-lost -"]);
    registry.setFault(null);
    expect(toldOf(await auditNight(list, store, 2))).toEqual(["recovered coverage-lost -"]);
    registry.setFault({ when: () => true, fault: "503" });
    const quiet = await auditNight(list, store, 3);
    expect(verdictsOf(quiet)).toEqual(["1.0.0 unknown/server-error"]);
    expect(toldOf(quiet)).toEqual([]);
    expect(quiet.exitCode).toBe(3);
    await auditNight(list, store, 4);
    expect(toldOf(await auditNight(list, store, 5))).toEqual(["opened coverage-lost -"]);
  });

  it("counts a release as removed only when the registry itself says so", async () => {
    pushSigned("1.0.0");
    pushSigned("1.0.1");
    await auditNight(list, store, 0);
    registry.store.untag("app", "1.0.1");
    const night = await auditNight(list, store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed"]);
    expect(findingsOf(night)).toEqual([]);
    push("1.0.1", "another image");
    expect(findingsOf(await auditNight(list, store, 2))).toEqual(["tag-moved 1.0.1 open"]);
  });
});

describe("a signature that is pushed meanwhile", () => {
  it.each(["tags", "manifest-tag"] as const)("counts when it arrives with the first request of kind %s", async (kind) => {
    pushSigned("1.0.0");
    await auditNight(list, store, 0);
    const image = push("1.0.1");
    let signed = false;
    registry.setOptions({
      onRequest: (request) => {
        if (signed || (request.kind === "manifest-tag") !== (kind === "manifest-tag")) return;
        if (request.kind !== "tags" && request.kind !== "manifest-tag") return;
        signed = true;
        // The list that is being answered was made before.
        setImmediate(() => signSimple(registry, "app", image, key));
      },
    });
    const night = await auditNight(list, store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed", "1.0.1 signed"]);
    expect(findingsOf(night)).toEqual([]);
  });

  it("is seen although the tag list that was read does not name it", async () => {
    registry.setOptions({ referrersApi: false });
    pushSigned("1.0.0");
    await auditNight(list, store, 0);
    const image = push("1.0.1");
    const tag = referrersTag(image.digest);
    let hidden = true;
    signBundle(registry, "app", image, key);
    const index = registry.store.digestOfTag("app", tag)!;
    registry.store.untag("app", tag);
    registry.setOptions({
      onRequest: (request) => {
        if (hidden && request.kind === "manifest-tag") {
          hidden = false;
          registry.store.tag("app", tag, index);
        }
      },
    });
    expect(verdictsOf(await auditNight(list, store, 1))).toEqual(["1.0.0 signed", "1.0.1 signed"]);
  });
});
