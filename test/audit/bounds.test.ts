import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../../lib/controls/artifact.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signReferrer, signSimple } from "../../lib/controls/sign-simple.ts";
import { AUDIT_LIMITS } from "../../lib/audit/audit-limits.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { attachDocument, attachJunk, pushRelease, signAmongJunk, type Junk } from "./hostile-evidence.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList } from "./night.ts";

const KIB = 1024;
const key = newKeyPair();
const stranger = newKeyPair();
/** Room for one at a time, and two of the junk's blobs for a release. */
const SMALL = { registries: { candidatesInFlightBytes: 1 }, limits: { ...AUDIT_LIMITS, largeBytes: 500 * KIB } };
const JUNK: Junk = { manifests: 8, layers: 20, bytes: 200 * KIB, blobs: 20, kind: "bundle" };
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;

function blobsAsked(): (string | null)[] {
  return registry.requests.entries("blob").map(({ reference }) => reference);
}

/** The layers of everything that is attached to a release, by how large they are. */
async function keptBytes(digests: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const digest of digests) bytes += (await store.loadEvidence(digest as Digest))?.length ?? 0;
  return bytes;
}

function largeBlobs(): string[] {
  return [...registry.store.repository("app")!.blobs].flatMap(([digest, { body }]) => (body.length > 64 * KIB ? [digest] : []));
}

function release(tag: string): Artifact {
  return pushRelease(registry, "app", tag);
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem));
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("junk beside a release", () => {
  it("costs one fetch a blob, however many manifests, layers and releases list it", async () => {
    for (const tag of ["1.0.0", "1.0.1", "1.0.2"]) attachJunk(registry, "app", release(tag), { ...JUNK, blobs: 1, kind: "text" }, stranger);
    const night = await auditNight(list, store, 0, SMALL);
    expect(verdictsOf(night).toSorted()).toEqual(["1.0.0", "1.0.1", "1.0.2"].map((tag) => `${tag} untrusted/unverifiable`));
    expect(blobsAsked()).toHaveLength(1);
  });

  it("is fetched only as far as a release may cost, which is told as a flood", async () => {
    attachJunk(registry, "app", release("1.0.0"), JUNK, stranger);
    const night = await auditNight(list, store, 0, SMALL);
    expect(verdictsOf(night)).toEqual(["1.0.0 unknown/evidence-flooded"]);
    expect(blobsAsked()).toHaveLength(2);
  });

  it.each([0, 73, 99])(
    "buries no genuine signature at layer %i, and no larger attestation that is smaller than the junk",
    async (place) => {
      const signed = release("1.0.0");
      attachJunk(registry, "app", signed, JUNK, stranger);
      signAmongJunk(registry, "app", signed, key, place, stranger);
      const attested = release("1.0.1");
      attachJunk(registry, "app", attested, JUNK, stranger);
      signBundle(registry, "app", attested, key, { predicate: { text: "x".repeat(100 * KIB) } });
      expect(verdictsOf(await auditNight(list, store, 0, SMALL)).toSorted()).toEqual(["1.0.0 signed", "1.0.1 signed"]);
    },
  );

  it("never lowers the verdict of a known release, also if what is genuine is the largest", async () => {
    const image = release("1.0.0");
    signBundle(registry, "app", image, key, { predicate: { text: "x".repeat(300 * KIB) } });
    expect(verdictsOf(await auditNight(list, store, 0, SMALL))).toEqual(["1.0.0 signed"]);
    attachJunk(registry, "app", image, JUNK, stranger);
    for (const night of [1, 2, 15]) expect(verdictsOf(await auditNight(list, store, night, SMALL))).toEqual(["1.0.0 signed"]);
  });

  it("is not kept, but what a signer of the policy made is, once", async () => {
    const image = release("1.0.0");
    const genuine = signBundle(registry, "app", image, key, { predicate: { text: "x".repeat(300 * KIB) } });
    const [bundle] = largeBlobs();
    attachJunk(registry, "app", image, { ...JUNK, manifests: 2 }, stranger);
    await auditNight(list, store, 0);
    expect((await store.loadEvidence(bundle as Digest))?.length).toBeGreaterThan(300 * KIB);
    expect(await store.loadEvidence(genuine.digest)).not.toBeNull();
    expect(await keptBytes(largeBlobs().filter((digest) => digest !== bundle))).toBe(0);
  });

  it("that was recorded last night makes no room for more tonight", async () => {
    const image = release("1.0.0");
    const asked: number[] = [];
    for (let night = 0; night < 4; night++) {
      for (let at = 0; at < 64; at++)
        attachJunk(
          registry,
          "app",
          image,
          { manifests: 1, layers: 1, bytes: 2 * KIB, blobs: 1, kind: "text", annotations: 8 + night * 64 + at },
          stranger,
        );
      registry.requests.clear();
      await auditNight(list, store, night);
      asked.push(registry.requests.entries("manifest-digest").filter(({ method }) => method === "GET").length);
    }
    expect(Math.max(...asked)).toBeLessThan(64 + 8);
  });

  it("that is copies of a genuine signature leaves few of them, and the first is one of these", async () => {
    const image = release("1.0.0");
    const genuine = signReferrer(registry, "app", image, key);
    await auditNight(list, store, 0);
    const layers = (JSON.parse(genuine.bytes.toString()) as { layers: object[] }).layers;
    for (let at = 0; at < 40; at++) attachDocument(registry, "app", image, layers, `copy ${at}`);
    const night = await auditNight(list, store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed"]);
    const { tags } = await store.loadRepository(`${registry.host}/app`);
    const artifacts = tags.get("1.0.0")!.last!.signers.map(({ artifact }) => artifact);
    expect(artifacts.length).toBeLessThanOrEqual(8);
    expect(artifacts).toContain(genuine.digest);
  });

  it("of a thousand small signatures leaves no more than some hundred KiB", async () => {
    const image = release("1.0.0");
    for (let at = 0; at < 40; at++)
      attachJunk(
        registry,
        "app",
        image,
        { manifests: 1, layers: 25, bytes: 30 * KIB, blobs: 25, kind: "text", annotations: 10 + at },
        stranger,
      );
    await auditNight(list, store, 0);
    const { tags } = await store.loadRepository(`${registry.host}/app`);
    const facts = await store.loadEvidence(tags.get("1.0.0")!.facts!);
    expect(facts!.length).toBeLessThan(300 * KIB);
    const all = [...registry.store.repository("app")!.blobs.keys(), ...registry.store.repository("app")!.manifests.keys()];
    expect(await keptBytes(all)).toBeLessThan(300 * KIB);
  });

  it("leaves the other repositories alone, when one has used up the bytes that it may transfer", async () => {
    const image = release("1.0.0");
    signSimple(registry, "app", image, key);
    const junk = pushRelease(registry, "junk", "1.0.0");
    attachJunk(registry, "junk", junk, JUNK, stranger);
    pushRelease(registry, "junk", "1.0.1");
    const both = watchList(watch(`${registry.host}/junk`, key.pem), watch(`${registry.host}/app`, key.pem));
    const limits = { ...AUDIT_LIMITS, budget: { ...AUDIT_LIMITS.budget, bytes: 100 * KIB } };
    const night = await auditNight(both, store, 0, { limits });
    expect(verdictsOf(night)).toContain("1.0.0 signed");
    expect(night.warnings.join("\n")).toContain("junk");
    expect(night.document.run.complete).toBe(false);
  });
});
