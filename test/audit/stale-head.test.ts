import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import type { FaultName } from "../../lib/controls/fault.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
});
afterEach(() => Promise.all([registry.close(), store.close()]));

function push(tag: string, seed = tag): Artifact {
  const image = buildImage({ seed });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function pushSigned(tag: string): Artifact {
  const image = push(tag);
  signSimple(registry, "app", image, key);
  return image;
}

const audit = (n: number): Promise<Night> => auditNight(watchList(watch(`${registry.host}/app`, key.pem)), store, n);
const told = ({ document }: Night): string[] => document.findings.map(({ cause, tag, status }) => `${cause} ${tag ?? "-"} ${status}`);
const askTag = (method: string, fault: FaultName) => ({ when: { method, path: "/manifests/1.0.0" }, fault });

describe("a tag of which HEAD tells another digest than GET", () => {
  it("is judged by the digest that GET delivers, and shown with it", async () => {
    const { digest } = pushSigned("1.0.0");
    push("1.1.0");
    registry.setFault(askTag("HEAD", "wrong-digest-header"));
    const night = await audit(0);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed", "1.1.0 unsigned/nothing-found"]);
    expect(night.document.releases[0]?.digest).toBe(digest);
  });

  it("is judged so although the older digest is there and bare", async () => {
    const { digest } = pushSigned("1.0.0");
    const old = push("old");
    const answer = registry.store.manifest("app", old.digest);
    expect(answer).not.toBeNull();
    // The registry answers HEAD as it did before the tag moved.
    registry.setOptions({
      onRequest: ({ method, path }) => Promise.resolve(point(method === "HEAD" && path.endsWith("/1.0.0"), old, digest)),
    });
    expect(verdictsOf(await audit(0))).toEqual(["1.0.0 signed"]);
  });

  it("is not called moved", async () => {
    pushSigned("1.0.0");
    await audit(0);
    registry.setFault(askTag("HEAD", "wrong-digest-header"));
    const night = await audit(1);
    expect([verdictsOf(night), told(night)]).toEqual([["1.0.0 signed"], []]);
  });

  it("is asked once more before it is called unsigned, and unknown if that cannot be answered", async () => {
    push("1.0.0");
    registry.setFault(askTag("GET", "500"));
    expect(verdictsOf(await audit(0))).toEqual(["1.0.0 unknown/server-error"]);
    registry.setFault(null);
    registry.requests.clear();
    expect(verdictsOf(await audit(1))).toEqual(["1.0.0 unsigned/nothing-found"]);
    expect(registry.requests.entries("manifest-tag").filter(({ path }) => path.endsWith("/1.0.0"))).toHaveLength(2);
  });

  it("costs a signed release nothing", async () => {
    pushSigned("1.0.0");
    await audit(0);
    const asked = registry.requests.entries("manifest-tag").filter(({ path }) => path.endsWith("/1.0.0"));
    expect(asked.map(({ method }) => method)).toEqual(["HEAD"]);
  });

  it("that moved waits as unknown while GET fails, and is told as moved after that", async () => {
    pushSigned("1.0.0");
    await audit(0);
    push("1.0.0", "moved");
    registry.setFault(askTag("GET", "500"));
    expect(verdictsOf(await audit(1))).toEqual(["1.0.0 unknown/server-error"]);
    registry.setFault(null);
    expect(told(await audit(2))).toEqual(["tag-moved 1.0.0 open"]);
  });
});

function point(isHead: boolean, old: Artifact, digest: Artifact["digest"]): void {
  registry.store.tag("app", "1.0.0", isHead ? old.digest : digest);
}
