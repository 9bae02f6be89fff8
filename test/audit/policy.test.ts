import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attest, attachSbom } from "../../lib/controls/attest.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { referrersTag } from "../../lib/oci/companion-tag.ts";
import { OCI_INDEX } from "../../lib/oci/media-types.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { Exemption, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { auditNight, nightAt, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
const stranger = newKeyPair();
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

describe("a policy that changes between nights", () => {
  it("makes no release alerts for flips that only it explains, and still tells what happened to images that night", async () => {
    pushSigned("1.0.0");
    pushSigned("1.0.1");
    await auditNight(listOf(), store, 0);
    push("1.0.2");
    const night = await auditNight(listOf({}, stranger.pem), store, 1);
    expect(verdictsOf(night)).toEqual([
      "1.0.0 untrusted/unexpected-signer",
      "1.0.1 untrusted/unexpected-signer",
      "1.0.2 unsigned/nothing-found",
    ]);
    expect(findingsOf(night).toSorted()).toEqual(["policy-changed - open", "release-unsigned 1.0.2 open"]);
    expect(findingsOf(await auditNight(listOf({}, stranger.pem), store, 2)).toSorted()).toEqual([
      "policy-changed - open",
      "release-unsigned 1.0.2 open",
    ]);
  });

  it("asks for as many different keys as its threshold says", async () => {
    const image = pushSigned("1.0.0");
    const base = watch(`${registry.host}/app`, key.pem);
    const two = {
      ...base.policy,
      threshold: 2,
      signers: [...base.policy.signers, { kind: "key", name: "second", pem: stranger.pem, source: "s", until: null } as const],
    };
    expect(verdictsOf(await auditNight(listOf({ policy: two }), store, 0))).toEqual(["1.0.0 untrusted/threshold-unmet"]);
    signSimple(registry, "app", image, stranger);
    expect(verdictsOf(await auditNight(listOf({ policy: two }), store, 1))).toEqual(["1.0.0 signed"]);
  });

  it("leaves releases unknown whose signers it cannot judge", async () => {
    push("1.0.0");
    const unbuilt = { kind: "gpg", name: "ops", keyring: "", until: null } as const;
    const base = watch(`${registry.host}/app`, key.pem);
    const night = await auditNight(listOf({ policy: { ...base.policy, signers: [unbuilt] } }), store, 0);
    expect(verdictsOf(night)).toEqual(["1.0.0 unknown/unsupported-place"]);
    expect(night.exitCode).toBe(3);
  });
});

describe("grace", () => {
  it("keeps a new bare release pending, but no version tag that was signed before, and no release of the first night", async () => {
    push("1.0.0", "first night");
    pushSigned("1.0.1");
    const list = listOf({ graceSeconds: 36 * 3600 });
    expect(verdictsOf(await auditNight(list, store, 0))).toEqual(["1.0.0 unsigned/nothing-found", "1.0.1 signed"]);
    push("1.0.2");
    push("1.0.1", "pushed over");
    const night = await auditNight(list, store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 unsigned/nothing-found", "1.0.1 unsigned/nothing-found", "1.0.2 pending/within-grace"]);
    expect(findingsOf(night)).toEqual(["tag-moved 1.0.1 open"]);
    await auditNight(list, store, 2);
    expect(findingsOf(await auditNight(list, store, 3))).toEqual(["release-unsigned 1.0.2 open", "tag-moved 1.0.1 open"]);
  });
});

describe("exemptions", () => {
  const exemption = (tags: string[]): Exemption => ({
    repository: `${registry.host}/app`,
    tags,
    reason: "EOL",
    owner: "me",
    ticket: null,
    until: nightAt(100),
  });

  it("cover what was there in the first run under them, and nothing that is pushed later", async () => {
    pushSigned("2.0.0");
    push("1.0.0");
    const list = { ...listOf(), exemptions: [exemption(["1.*"])] };
    const first = await auditNight(list, store, 0);
    expect(first.exitCode).toBe(0);
    expect(first.document.releases.find(({ tag }) => tag === "1.0.0")?.exemption?.reason).toBe("EOL");
    push("1.0.1");
    const night = await auditNight(list, store, 1);
    expect(findingsOf(night)).toEqual(["release-unsigned 1.0.1 open"]);
    expect(night.exitCode).toBe(1);
  });

  it("begin with the first run under them, even where nothing needed them then", async () => {
    pushSigned("1.0.0");
    pushSigned("2.0.0");
    const list = { ...listOf(), exemptions: [exemption(["1.*"])] };
    await auditNight(list, store, 0);
    push("1.0.1");
    expect(findingsOf(await auditNight(list, store, 1))).toEqual(["release-unsigned 1.0.1 open"]);
  });

  it("do not cover a stranger's signature", async () => {
    pushSigned("2.0.0");
    pushSigned("1.0.0", stranger);
    const night = await auditNight({ ...listOf(), exemptions: [exemption(["*"])] }, store, 0);
    expect(night.document.releases[0]).toMatchObject({ tag: "1.0.0", verdict: "untrusted", exemption: null });
    expect(night.exitCode).toBe(1);
  });

  it("follow from signedSince for versions before it", async () => {
    push("1.0.0");
    pushSigned("1.4.0");
    const night = await auditNight(listOf({ signedSince: "v1.4.0" }), store, 0);
    expect(night.document.summary).toMatchObject({ unsigned: 1, exempt: 1 });
    expect(night.exitCode).toBe(0);
  });
});

describe("a hostile repository", () => {
  it("with more signature-like referrers than may be read is unknown and told, unless one of those read satisfies", async () => {
    pushSigned("1.0.0");
    await auditNight(listOf(), store, 0);
    const image = push("1.0.1");
    for (let n = 0; n < 70; n++) signBundle(registry, "app", image, stranger, { annotations: { n: String(n) } });
    const night = await auditNight(listOf(), store, 1);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed", "1.0.1 unknown/evidence-flooded"]);
    expect(findingsOf(night)).toEqual(["evidence-flooded 1.0.1 open"]);
  });

  it("cannot hide a signature behind a descriptor with a wrong size", async () => {
    registry.setOptions({ referrersApi: false });
    const image = push("1.0.0");
    signBundle(registry, "app", image, key);
    const tag = referrersTag(image.digest);
    const index = JSON.parse(String(registry.store.manifest("app", registry.store.digestOfTag("app", tag)!)?.bytes)) as {
      manifests: { size: number }[];
    };
    for (const entry of index.manifests) entry.size = 10 * 2 ** 30;
    registry.store.putManifest("app", Buffer.from(JSON.stringify(index)), OCI_INDEX, tag);
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual(["1.0.0 signed"]);
  });

  it("cannot bury a signature that was verified before", async () => {
    const image = push("1.0.0");
    signBundle(registry, "app", image, key);
    await auditNight(listOf(), store, 0);
    for (let n = 0; n < 70; n++) signBundle(registry, "app", image, stranger, { annotations: { n: String(n) } });
    for (const n of [1, 15, 30]) expect(verdictsOf(await auditNight(listOf(), store, n))).toEqual(["1.0.0 signed"]);
  });

  it("that loses a fifth of its releases in a night loses its coverage", async () => {
    for (let n = 0; n < 40; n++) pushSigned(`1.0.${n}`);
    await auditNight(listOf(), store, 0);
    for (let n = 0; n < 12; n++) registry.store.untag("app", `1.0.${n}`);
    expect(findingsOf(await auditNight(listOf(), store, 1))).toEqual(["coverage-lost - open"]);
  });
});

describe("the referrers API", () => {
  it("is never taken for absent once it showed a referrer, until it has answered 404 for seven nights", async () => {
    const image = push("1.0.0");
    signBundle(registry, "app", image, key);
    pushSigned("1.0.1");
    await auditNight(listOf(), store, 0);
    registry.setOptions({ referrersApi: false });
    const bare = push("1.0.2");
    for (let n = 1; n < 7; n++) {
      const night = await auditNight(listOf({ unknownForSeconds: 90 * 86_400 }), store, n);
      expect(verdictsOf(night)).toEqual(["1.0.0 unknown/not-found", "1.0.1 signed", "1.0.2 unknown/not-found"]);
    }
    const seventh = await auditNight(listOf({ unknownForSeconds: 90 * 86_400 }), store, 7);
    expect(seventh.warnings.join()).toContain("referrers API");
    const after = await auditNight(listOf({ unknownForSeconds: 90 * 86_400 }), store, 8);
    // What the API itself once showed is not forgotten for the release that it showed.
    expect(verdictsOf(after)).toEqual(["1.0.0 unknown/not-found", "1.0.1 signed", "1.0.2 unsigned/nothing-found"]);
    expect(bare.digest).toBeDefined();
  });
});

describe("statements beside a release", () => {
  it("say why it is unsigned", async () => {
    pushSigned("1.0.0");
    attest(registry, "app", push("1.0.1"), key, { form: "att" });
    attachSbom(registry, "app", push("1.0.2"));
    attest(registry, "app", push("1.0.3"), key, { form: "bundle" });
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual([
      "1.0.0 signed",
      "1.0.1 unsigned/only-attestation",
      "1.0.2 unsigned/only-unsigned-attestation",
      "1.0.3 unsigned/only-attestation",
    ]);
  });

  it("count as signed where the policy accepts attestations", async () => {
    attest(registry, "app", push("1.0.1"), key, { form: "att" });
    const { policy } = watch(`${registry.host}/app`, key.pem);
    expect(verdictsOf(await auditNight(listOf({ policy: { ...policy, accept: ["attestation"] } }), store, 0))).toEqual(["1.0.1 signed"]);
  });
});
