import { createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import { bundleFromJSON, type SerializedBundle } from "@sigstore/bundle";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attachSbom, attest } from "../../lib/controls/attest.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { loadLayout } from "../../lib/controls/load-layout.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { COSIGN_SIGN_PREDICATE, SLSA_PROVENANCE_PREDICATE, type SignedEnvelope } from "../../lib/controls/sign-statement.ts";
import { cosignTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import { hexOf, type Digest } from "../../lib/oci/digest.ts";

interface BundleManifest {
  readonly layers: { readonly digest: Digest; readonly mediaType: string }[];
  readonly annotations: Record<string, string>;
}
interface Statement {
  readonly subject: { digest: Record<string, string>; annotations?: object }[];
  readonly predicateType: string;
}

const REPOSITORY = "acme/app";
let registry: ControlRegistry;
let image: Artifact;
beforeEach(async () => {
  registry = await startRegistry();
  image = buildImage({ seed: "1.0.0" });
  pushArtifact(registry.store, REPOSITORY, image, "1.0.0");
});
afterEach(() => registry.close());

async function fetchJson<T>(path: string): Promise<T> {
  const answer = await fetch(`${registry.url}/v2/${path}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

async function listReferrers(): Promise<Digest[]> {
  const { manifests } = await fetchJson<{ manifests: { digest: Digest }[] }>(`${REPOSITORY}/referrers/${image.digest}`);
  return manifests.map((entry) => entry.digest);
}

async function fetchBundle(digest: Digest): Promise<{ manifest: BundleManifest; bundle: SerializedBundle }> {
  const manifest = await fetchJson<BundleManifest>(`${REPOSITORY}/manifests/${digest}`);
  return {
    manifest,
    bundle: await fetchJson<SerializedBundle>(`${REPOSITORY}/blobs/${manifest.layers[0]!.digest}`),
  };
}

/** DSSE, protocol.md: the signature is over type and payload with their lengths. */
function verifies(envelope: SignedEnvelope, pem: string): boolean {
  const payload = Buffer.from(envelope.payload, "base64");
  const encoding = Buffer.concat([
    Buffer.from(`DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `),
    payload,
  ]);
  return verify("sha256", encoding, createPublicKey(pem), Buffer.from(envelope.signatures[0]!.sig, "base64"));
}

function statementOf(envelope: SignedEnvelope): Statement {
  return JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as Statement;
}

describe("a bundle", () => {
  it("is a Sigstore bundle that names and verifies by the key", async () => {
    const key = newKeyPair();
    const artifact = signBundle(registry, REPOSITORY, image, key, {
      annotations: { team: "core" },
    });
    expect(await listReferrers()).toEqual([artifact.digest]);
    const { manifest, bundle } = await fetchBundle(artifact.digest);
    expect(bundleFromJSON(bundle).mediaType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
    expect(bundle.verificationMaterial.publicKey!.hint).toBe(key.hint);
    expect(verifies(bundle.dsseEnvelope as SignedEnvelope, key.pem)).toBe(true);
    expect(statementOf(bundle.dsseEnvelope as SignedEnvelope)).toMatchObject({
      subject: [{ digest: { sha256: hexOf(image.digest) }, annotations: { team: "core" } }],
      predicateType: COSIGN_SIGN_PREDICATE,
    });
    expect(manifest.annotations["dev.sigstore.bundle.predicateType"]).toBe(COSIGN_SIGN_PREDICATE);
  });

  it("has the shape of what cosign 3.1 wrote", async () => {
    await loadLayout(registry.store, "cosign3", join(import.meta.dirname, "../fixtures/cosign3-api"));
    const listed = await fetchJson<{ manifests: { digest: Digest }[] }>(
      "cosign3/referrers/sha256:a52ebb4f6ece8d1c4c754a6d33ae1abb392806b2b862730a9905d4df9a2a0019",
    );
    const theirs = registry.store.manifest("cosign3", listed.manifests[0]!.digest)!;
    const ours = signBundle(registry, REPOSITORY, image, newKeyPair());
    expect(shapeOf(JSON.parse(ours.bytes.toString()))).toEqual(shapeOf(JSON.parse(theirs.bytes.toString())));
  });

  it("is listed under the fallback tag where there is no referrers API", async () => {
    registry.setOptions({ referrersApi: false });
    const artifact = signBundle(registry, REPOSITORY, image, newKeyPair());
    const { manifests } = await fetchJson<{ manifests: object[] }>(`${REPOSITORY}/manifests/${referrersTag(image.digest)}`);
    expect(manifests).toMatchObject([{ digest: artifact.digest, artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" }]);
  });

  it("may be pushed to another repository, and may name another digest", async () => {
    const names = buildImage({ seed: "2.0.0" }).digest;
    const artifact = signBundle(registry, REPOSITORY, image, newKeyPair(), {
      to: "acme/signatures",
      names,
    });
    const manifest = await fetchJson<BundleManifest>(`acme/signatures/manifests/${artifact.digest}`);
    const bundle = await fetchJson<SerializedBundle>(`acme/signatures/blobs/${manifest.layers[0]!.digest}`);
    expect(statementOf(bundle.dsseEnvelope as SignedEnvelope).subject[0]!.digest).toEqual({
      sha256: hexOf(names),
    });
  });
});

describe("an attestation", () => {
  it("under .att is an envelope, appended to those that are there", async () => {
    const key = newKeyPair();
    attest(registry, REPOSITORY, image, key);
    attest(registry, REPOSITORY, image, key, {
      predicateType: "https://spdx.dev/Document",
      predicate: {},
    });
    const { layers } = await fetchJson<BundleManifest>(`${REPOSITORY}/manifests/${cosignTag(image.digest, ".att")}`);
    const envelopes = await Promise.all(layers.map((layer) => fetchJson<SignedEnvelope>(`${REPOSITORY}/blobs/${layer.digest}`)));
    expect(envelopes.map((envelope) => [verifies(envelope, key.pem), statementOf(envelope).predicateType])).toEqual([
      [true, SLSA_PROVENANCE_PREDICATE],
      [true, "https://spdx.dev/Document"],
    ]);
  });

  it("as a bundle differs from a signature by its predicate type", async () => {
    const { bundle } = await fetchBundle(attest(registry, REPOSITORY, image, newKeyPair(), { form: "bundle" }).digest);
    expect(statementOf(bundle.dsseEnvelope as SignedEnvelope).predicateType).toBe(SLSA_PROVENANCE_PREDICATE);
  });

  it("as a DSSE referrer is listed for its subject", async () => {
    const artifact = attest(registry, REPOSITORY, image, newKeyPair(), { form: "dsse-referrer" });
    expect(await listReferrers()).toEqual([artifact.digest]);
  });
});

it("attaches an SBOM under its companion tag, unsigned", async () => {
  attachSbom(registry, REPOSITORY, image);
  const { layers } = await fetchJson<BundleManifest>(`${REPOSITORY}/manifests/${cosignTag(image.digest, ".sbom")}`);
  expect(layers.map((layer) => layer.mediaType)).toEqual(["text/spdx+json"]);
  expect(await fetchJson(`${REPOSITORY}/blobs/${layers[0]!.digest}`)).toEqual({
    spdxVersion: "SPDX-2.3",
  });
});

/** Keys in their order, with every leaf's type. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
}
