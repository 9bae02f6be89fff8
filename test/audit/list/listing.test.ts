import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { newKeyPair } from "../../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { signBundle } from "../../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import type { TagSelection } from "../../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList, type Night } from "../night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function pushSigned(tag: string): Artifact {
  const image = push(tag);
  signSimple(registry, "app", image, key);
  return image;
}

const selection = (tags: Partial<TagSelection>): TagSelection => ({
  include: null,
  exclude: [],
  semver: null,
  newest: null,
  moving: null,
  ...tags,
});
const entry = (tags: Partial<TagSelection> = {}, repository = "app") =>
  watch(`${registry.host}/${repository}`, key.pem, { tags: selection(tags) });
const findingsOf = ({ document }: Night): string[] => document.findings.map(({ cause, tag, status }) => `${cause} ${tag ?? "-"} ${status}`);

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("a first listing that is not complete", () => {
  it("is no baseline: the next complete one is, and what it finds opens nothing", async () => {
    for (const tag of ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]) pushSigned(tag);
    push("1.0.4");
    registry.setOptions({ tagsPageSize: 5 });
    registry.setFault({ when: (request) => request.kind === "tags" && request.query.includes("last="), fault: "500" });
    const list = watchList(entry());
    const first = await auditNight(list, store, 0);
    expect(first.document.run.complete).toBe(false);
    expect(findingsOf(first)).toEqual(["coverage-lost - open"]);
    expect(first.exitCode).toBe(1);
    registry.setFault(null);
    const second = await auditNight(list, store, 1);
    expect(findingsOf(second)).toEqual(["coverage-lost - resolved"]);
    expect(verdictsOf(second)).toContain("1.0.4 unsigned/nothing-found");
  });

  it("leaves the known releases that it does not name as they were, unknown", async () => {
    for (let n = 0; n < 8; n++) pushSigned(`1.0.${n}`);
    const list = watchList(entry());
    await auditNight(list, store, 0);
    registry.setOptions({ tagsPageSize: 4 });
    registry.setFault({ when: (request) => request.kind === "tags" && request.query.includes("last="), fault: "500" });
    const night = await auditNight(list, store, 1);
    expect(night.document.releases.map(({ verdict }) => verdict).toSorted()).toEqual([
      ...Array<string>(4).fill("signed"),
      ...Array<string>(4).fill("unknown"),
    ]);
    expect(night.document.releases.every(({ digest }) => digest !== null)).toBe(true);
  });
});

describe("the selection of releases", () => {
  it("takes the newest digests, and keeps what was judged before", async () => {
    for (let n = 0; n < 5; n++) pushSigned(`1.0.${n}`);
    const list = watchList(entry({ newest: 2 }));
    const first = await auditNight(list, store, 0);
    expect(verdictsOf(first)).toEqual(["1.0.3 signed", "1.0.4 signed"]);
    expect(first.document.repositories[0]?.leftOut).toMatchObject({ "not-newest": 3 });
    pushSigned("1.0.5");
    expect(verdictsOf(await auditNight(list, store, 1))).toEqual(["1.0.3 signed", "1.0.4 signed", "1.0.5 signed"]);
  });

  it("lists a repository once for several entries and judges each tag under its own", async () => {
    pushSigned("1.0.0");
    push("2.0.0");
    const stranger = watch(`${registry.host}/app`, newKeyPair().pem, { tags: selection({ include: ["1.*"] }) });
    registry.requests.clear();
    const night = await auditNight(watchList(stranger, entry({ include: ["2.*"] })), store, 0);
    expect(verdictsOf(night)).toEqual(["1.0.0 untrusted/unexpected-signer", "2.0.0 unsigned/nothing-found"]);
    expect(registry.requests.entries("tags").map(({ query }) => query.includes("last="))).toEqual([false, true]);
    expect(night.document.repositories).toHaveLength(1);
  });
});

describe("a release that is signed twice", () => {
  it("stays signed when one of the signatures goes, and is told only when the last one does", async () => {
    const image = pushSigned("1.0.0");
    signBundle(registry, "app", image, key);
    const list = watchList(entry());
    await auditNight(list, store, 0);
    registry.store.untag("app", cosignTag(image.digest, ".sig"));
    const second = await auditNight(list, store, 1);
    expect(verdictsOf(second)).toEqual(["1.0.0 signed"]);
    expect(findingsOf(second)).toEqual([]);
    const bundle = second.document.releases[0]!.signers[0]!.artifact;
    registry.store.deleteManifest("app", bundle);
    expect(findingsOf(await auditNight(list, store, 2))).toEqual(["signature-deleted 1.0.0 open"]);
  });
});

describe("a quiet night", () => {
  it("writes the run and nothing else", async () => {
    for (const tag of ["1.0.0", "1.0.1"]) pushSigned(tag);
    push("1.0.2");
    const list = watchList(entry());
    await auditNight(list, store, 0);
    const writes: string[] = [];
    const listening = new Proxy(store, {
      get(target, name, receiver): unknown {
        const original: unknown = Reflect.get(target, name, receiver);
        if (typeof original === "function" && ["record", "conclude", "saveEvidence", "saveFinding", "markSent"].includes(String(name)))
          writes.push(String(name));
        return original;
      },
    });
    await auditNight(list, listening, 1);
    expect(writes).toEqual([]);
  });
});
