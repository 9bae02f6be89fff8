import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../../lib/controls/artifact.ts";
import { buildImage } from "../../../lib/controls/image.ts";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import { cosignTag } from "../../../lib/oci/companion-tag.ts";
import { digestOf } from "../../../lib/oci/digest.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { createTrustStore, type TrustStore } from "../../../lib/verification/trust/trust-store.ts";
import type { KeylessSigner, Policy, WatchedRepository, WatchList } from "../../../lib/watchlist/watch-list.ts";
import { pushKeyless } from "../../sigstore/push-keyless.ts";
import type { KeylessOptions } from "../../sigstore/sign-keyless.ts";
import { ISSUER, makeSigstore } from "../../sigstore/test-sigstore.ts";
import { auditNight, nightAt, openMemory, verdictsOf, watch, watchList } from "../night.ts";

const sigstore = makeSigstore();
const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/";
let registry: ControlRegistry;
let store: HistoryStore;

beforeEach(async () => {
  registry = await startRegistry();
  store = openMemory();
});

afterEach(async () => {
  await registry.close();
  await store.close();
});

function push(tag: string, seed = tag): Artifact {
  const image = buildImage({ seed });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function pushSigned(tag: string, options: KeylessOptions = {}, signed = tag): Artifact {
  const image = push(tag);
  pushKeyless(registry, "app", image, sigstore, { subject: `${WORKFLOW}${signed}`, ...options });
  return image;
}

function signer(changes: Partial<KeylessSigner> = {}): KeylessSigner {
  const common = { kind: "keyless", name: "release", until: null, subjectPattern: null, github: null } as const;
  return { ...common, issuer: ISSUER, subject: `${WORKFLOW}{tag}`, trustedRoot: sigstore.trustedRoot, ...changes };
}

function listOf(changes: Partial<Policy> = {}, own: Partial<KeylessSigner> = {}): WatchList {
  const base = watch(`${registry.host}/app`, "");
  return watchList({ ...base, policy: { ...base.policy, name: "acme", signers: [signer(own)], ...changes } });
}

/** A store in which this root is the public-good one. */
function trustIn(text: string, usableUntil = Number.POSITIVE_INFINITY, n = 0): TrustStore {
  return createTrustStore(new Map([["public-good", { text, usableUntil }]]), nightAt(n));
}

describe("releases signed by a workflow that names their tag", () => {
  it("are signed, each by its own tag, in whichever form", async () => {
    pushSigned("v1.0.0");
    pushSigned("v1.1.0", { form: "bundle" });
    pushSigned("v1.2.0", {}, "v1.1.0");
    const night = await auditNight(listOf(), store, 0);
    expect(verdictsOf(night)).toEqual(["v1.0.0 signed", "v1.1.0 signed", "v1.2.0 untrusted/unexpected-signer"]);
    expect(night.document.releases[0]!.signers).toMatchObject([
      { signer: "release", kind: "keyless", issuer: ISSUER, identity: `${WORKFLOW}v1.0.0` },
    ]);
    expect(night.document.releases[2]!.explanation).toContain(`release expects subject "${WORKFLOW}v1.2.0", found "${WORKFLOW}v1.1.0"`);
  });

  it("give moving tags on the same digest their names, and no other version tag", async () => {
    pushSigned("v1.0.0");
    push("latest", "v1.0.0");
    push("v1", "v1.0.0");
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual(["v1.0.0 signed", "latest signed", "v1 signed"]);
    push("v2.0.0", "v1.0.0");
    expect(verdictsOf(await auditNight(listOf(), store, 1))).toEqual([
      "v1.0.0 signed",
      "v2.0.0 untrusted/unexpected-signer",
      "latest signed",
      "v1 signed",
    ]);
  });

  it("give moving tags the names of version tags that are not audited themselves", async () => {
    for (const tag of ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"]) pushSigned(tag);
    push("v1", "v1.1.0");
    push("latest", "v1.3.0");
    const tags = { include: ["v1", "latest"], exclude: [], semver: null, newest: null, moving: null };
    expect(verdictsOf(await auditNight(withTags(tags), store, 0))).toEqual(["latest signed", "v1 signed"]);
    const newest = { ...tags, include: null, newest: 2 };
    const other = openMemory();
    expect(verdictsOf(await auditNight(withTags(newest), other, 0))).toEqual([
      "v1.2.0 signed",
      "v1.3.0 signed",
      "latest signed",
      "v1 signed",
    ]);
    await other.close();
  });

  it("have commands that name the version by whose name a moving tag was judged, audited itself or not", async () => {
    pushSigned("v1.0.0");
    push("latest", "v1.0.0");
    const moving = { include: ["latest"], exclude: [], semver: null, newest: null, moving: null };
    const other = openMemory();
    for (const [list, history] of [
      [listOf(), store],
      [withTags(moving), other],
    ] as const) {
      await auditNight(list, history, 0);
      push("v2.0.0");
      push("latest", "v2.0.0");
      const { told } = await auditNight(list, history, 1);
      const checks = told.flatMap(({ finding }) => (finding?.tag === "latest" ? [finding.facts.check?.command] : []));
      expect(checks).toEqual([expect.stringContaining(`--certificate-identity=${WORKFLOW}v2.0.0 `)]);
      push("latest", "v1.0.0");
    }
    await other.close();
  });

  function withTags(tags: WatchedRepository["tags"]): WatchList {
    const list = listOf();
    return { ...list, repositories: list.repositories.map((watched) => ({ ...watched, tags })) };
  }

  it("are not told as changed when only the policy is, also where two tags share a digest", async () => {
    pushSigned("v1.0.0");
    push("v1.1.0", "v1.0.0");
    await auditNight(listOf(), store, 0);
    const night = await auditNight(
      listOf({}, { subject: "https://github.com/acme/app/.github/workflows/other.yml@refs/heads/main" }),
      store,
      1,
    );
    expect(verdictsOf(night)).toEqual(["v1.0.0 untrusted/unexpected-signer", "v1.1.0 untrusted/unexpected-signer"]);
    expect(night.document.findings).toMatchObject([{ cause: "policy-changed", tag: null }]);
  });

  it("need two requests for a new signature, as a tag or as a referrer, and none twice", async () => {
    pushSigned("v1.0.0");
    await auditNight(listOf(), store, 0);
    for (const [n, form] of [
      [1, "simple-signing"],
      [2, "bundle"],
    ] as const) {
      const image = push(`v1.${n}.0`);
      const artifact = pushKeyless(registry, "app", image, sigstore, { subject: `${WORKFLOW}v1.${n}.0`, form });
      registry.requests.clear();
      await auditNight(listOf(), store, n);
      const fetched = registry.requests
        .entries()
        .filter(({ method }) => method === "GET")
        .map(({ path }) => path);
      const names = [artifact.digest, cosignTag(image.digest, ".sig"), ...artifact.blobs.map((blob) => digestOf(blob))];
      expect(fetched.filter((path) => names.some((name) => path.includes(name)))).toHaveLength(2);
      expect(fetched.filter((path, at) => fetched.indexOf(path) !== at)).toEqual([]);
    }
  });
});

describe("what else a policy asks for", () => {
  const provenance = { form: "attestation", predicateType: "https://slsa.dev/provenance/v1" } as const;
  const predicate = (source: string) => ({
    buildDefinition: { externalParameters: { workflow: { repository: source } } },
    runDetails: { builder: { id: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.0.0" } },
  });
  const require = [{ predicate: "slsa-provenance", builder: null, source: "https://github.com/acme/app" }];

  it("wants the required provenance beside the signature", async () => {
    const good = pushSigned("v1.0.0");
    pushKeyless(registry, "app", good, sigstore, {
      ...provenance,
      subject: `${WORKFLOW}v1.0.0`,
      predicate: predicate("https://github.com/acme/app"),
    });
    const foreign = pushSigned("v1.1.0");
    pushKeyless(registry, "app", foreign, sigstore, {
      ...provenance,
      subject: `${WORKFLOW}v1.1.0`,
      predicate: predicate("https://github.com/stranger/app"),
    });
    pushSigned("v1.2.0");
    const night = await auditNight(listOf({ require }), store, 0);
    expect(verdictsOf(night)).toEqual(["v1.0.0 signed", "v1.1.0 untrusted/missing-attestation", "v1.2.0 untrusted/missing-attestation"]);
    expect(night.document.releases[1]!.explanation).toContain("https://github.com/stranger/app");
    pushSigned("v1.3.0");
    const { told } = await auditNight(listOf({ require }), store, 1);
    expect(told.map(({ finding }) => finding?.facts.check?.command)).toEqual([
      expect.stringMatching(/^cosign verify-attestation .* --type slsaprovenance1 /),
    ]);
  });

  it("takes an attestation for a signature only where it says so", async () => {
    const image = push("v1.0.0");
    pushKeyless(registry, "app", image, sigstore, { ...provenance, subject: `${WORKFLOW}v1.0.0` });
    expect(verdictsOf(await auditNight(listOf(), store, 0))).toEqual(["v1.0.0 unsigned/only-attestation"]);
    const other = openMemory();
    const list = listOf({ accept: ["attestation"] });
    expect(verdictsOf(await auditNight(list, other, 0))).toEqual(["v1.0.0 signed"]);
    expect(verdictsOf(await auditNight(list, other, 1))).toEqual(["v1.0.0 signed"]);
    await other.close();
  });

  it("counts different workflows, and one workflow once", async () => {
    const image = pushSigned("v1.0.0");
    const second = signer({ name: "second", subject: "https://github.com/acme/qa/.github/workflows/approve.yml@refs/heads/main" });
    const list = listOf({ signers: [signer(), second], threshold: 2 });
    expect(verdictsOf(await auditNight(list, store, 0))).toEqual(["v1.0.0 untrusted/threshold-unmet"]);
    pushKeyless(registry, "app", image, sigstore, { form: "bundle", subject: second.subject! });
    expect(verdictsOf(await auditNight(list, store, 1))).toEqual(["v1.0.0 signed"]);
  });
});

describe("trust material that changes", () => {
  const byName = { trustedRoot: "public-good" };

  it("leaves signatures open while it is missing or too old, says why, and tells no regression", async () => {
    pushSigned("v1.0.0");
    push("v1.1.0");
    const list = listOf({}, byName);
    expect(verdictsOf(await auditNight(list, store, 0, { trust: trustIn(sigstore.trustedRoot) }))).toEqual([
      "v1.0.0 signed",
      "v1.1.0 unsigned/nothing-found",
    ]);
    const old = await auditNight(list, store, 1, { trust: trustIn(`${sigstore.trustedRoot} `, nightAt(1) - 1, 1) });
    expect(verdictsOf(old)).toEqual(["v1.0.0 unknown/trust-missing", "v1.1.0 unsigned/nothing-found"]);
    expect(old.document.releases[0]!.explanation).toContain("the trusted root public-good is too old");
    expect(old.document.findings).toEqual([]);
    const none = await auditNight(list, store, 2, { trust: createTrustStore(new Map(), nightAt(2)) });
    expect(verdictsOf(none)).toEqual(["v1.0.0 unknown/trust-missing", "v1.1.0 unsigned/nothing-found"]);
    expect(none.document.findings).toEqual([]);
  });

  it("tells no regression of a release that only another root explains", async () => {
    pushSigned("v1.0.0");
    const list = listOf({}, byName);
    await auditNight(list, store, 0, { trust: trustIn(sigstore.trustedRoot) });
    const night = await auditNight(list, store, 1, { trust: trustIn(makeSigstore("successor").trustedRoot, Number.POSITIVE_INFINITY, 1) });
    expect(verdictsOf(night)).toEqual(["v1.0.0 untrusted/unexpected-signer"]);
    expect(night.document.findings).toMatchObject([{ cause: "trust-changed", severity: "warning", tag: null }]);
  });

  it("tells a signature that is deleted in the very night of a new root", async () => {
    pushSigned("v1.0.0");
    const image = pushSigned("v1.1.0");
    const list = listOf({}, byName);
    await auditNight(list, store, 0, { trust: trustIn(sigstore.trustedRoot) });
    const signature = registry.store.repository("app")!.tags.get(`${image.digest.replace(":", "-")}.sig`)!;
    registry.store.deleteManifest("app", signature);
    const night = await auditNight(list, store, 1, { trust: trustIn(`${sigstore.trustedRoot} `, Number.POSITIVE_INFINITY, 1) });
    expect(verdictsOf(night)).toEqual(["v1.0.0 signed", "v1.1.0 unsigned/nothing-found"]);
    expect(night.document.findings).toMatchObject([{ cause: "signature-deleted", tag: "v1.1.0" }]);
  });
});
