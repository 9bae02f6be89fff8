import { createPublicKey, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { loadLayout } from "../../lib/controls/load-layout.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { buildSignatureManifest, formatSimplePayload, listLayers, signReferrer, signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import { DOCKER_MANIFEST } from "../../lib/oci/media-types.ts";

interface Layer {
  readonly digest: Digest;
  readonly annotations: Record<string, string>;
}
interface SignatureManifest {
  readonly layers: Layer[];
  readonly subject?: { digest: Digest };
  readonly manifests?: { digest: Digest; artifactType: string }[];
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

async function fetchManifest(reference: string, repository = REPOSITORY): Promise<SignatureManifest> {
  const answer = await fetch(`${registry.url}/v2/${repository}/manifests/${reference}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as SignatureManifest;
}

async function fetchBlob(digest: Digest, repository = REPOSITORY): Promise<Buffer> {
  const answer = await fetch(`${registry.url}/v2/${repository}/blobs/${digest}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function verifies(layer: Layer, pem: string): Promise<boolean> {
  const signature = Buffer.from(layer.annotations["dev.cosignproject.cosign/signature"]!, "base64");
  return verify("sha256", await fetchBlob(layer.digest), createPublicKey(pem), signature);
}

describe("compared with cosign 2.6", () => {
  const directory = join(import.meta.dirname, "../fixtures/cosign2");
  const signed = "sha256:6e5d9c0b477f38a4b02b256639fd91e1262b688ff57d767ddd6c746980fb8e83";

  it("writes the same bytes of payload and manifest, given the same signature", async () => {
    await loadLayout(registry.store, "cosign2", directory);
    const tag = cosignTag(signed, ".sig");
    const layers = listLayers(registry.store, "cosign2", tag);
    expect(layers[0]!.bytes.toString()).toBe(formatSimplePayload("127.0.0.1:5101/cosign2", signed));
    expect(buildSignatureManifest(layers).digest).toBe(registry.store.digestOfTag("cosign2", tag));
  });

  it("writes the payload's annotations as cosign does", async () => {
    await loadLayout(registry.store, "cosign2", directory);
    const target = "sha256:2e76caec189aecde92ef9bcd2f489eb37adf10573db78d8d25f5a62391ec5c1d";
    const [layer] = listLayers(registry.store, "cosign2", cosignTag(target, ".sig"));
    const { optional } = JSON.parse(layer!.bytes.toString()) as {
      optional: Record<string, string>;
    };
    expect(formatSimplePayload("127.0.0.1:5101/cosign2", target, optional)).toBe(layer!.bytes.toString());
  });
});

describe("a signature under the companion tag", () => {
  it("verifies, and names registry, repository and digest", async () => {
    const key = newKeyPair();
    signSimple(registry, REPOSITORY, image, key);
    const { layers } = await fetchManifest(cosignTag(image.digest, ".sig"));
    expect(await verifies(layers[0]!, key.pem)).toBe(true);
    expect((await fetchBlob(layers[0]!.digest)).toString()).toBe(formatSimplePayload(`${registry.host}/${REPOSITORY}`, image.digest));
  });

  it("is appended to those that are there", async () => {
    const [first, second] = [newKeyPair(), newKeyPair()];
    signSimple(registry, REPOSITORY, image, first);
    signSimple(registry, REPOSITORY, image, second, { annotations: { team: "core" } });
    const { layers } = await fetchManifest(cosignTag(image.digest, ".sig"));
    expect([await verifies(layers[0]!, first.pem), await verifies(layers[1]!, second.pem)]).toEqual([true, true]);
    expect(layers).toHaveLength(2);
  });

  it("may lie in another repository, under a prefix, and have Docker's media types", async () => {
    signSimple(registry, REPOSITORY, image, newKeyPair(), {
      to: "acme/signatures",
      tagPrefix: "p-",
      mediaTypes: "docker",
    });
    const tag = cosignTag(image.digest, ".sig", "p-");
    const answer = await fetch(`${registry.url}/v2/acme/signatures/manifests/${tag}`);
    expect(answer.headers.get("content-type")).toBe(DOCKER_MANIFEST);
    const [layer] = ((await answer.json()) as SignatureManifest).layers;
    expect((await fetchBlob(layer!.digest, "acme/signatures")).toString()).toContain(`"${registry.host}/${REPOSITORY}"`);
  });

  it("may be made false: another digest, another payload, another signature", async () => {
    const key = newKeyPair();
    const names = digestOf("another image");
    signSimple(registry, REPOSITORY, image, key, { names });
    signSimple(registry, REPOSITORY, image, key, { payload: "{}" });
    signSimple(registry, REPOSITORY, image, key, {
      signature: "bm9uZQ==",
      layerAnnotations: { "dev.sigstore.cosign/certificate": "" },
    });
    const { layers } = await fetchManifest(cosignTag(image.digest, ".sig"));
    expect((await fetchBlob(layers[0]!.digest)).toString()).toContain(names);
    expect((await fetchBlob(layers[1]!.digest)).toString()).toBe("{}");
    expect(await Promise.all(layers.map((layer) => verifies(layer, key.pem)))).toEqual([true, true, false]);
    expect(layers[2]!.annotations["dev.sigstore.cosign/certificate"]).toBe("");
  });
});

describe("a signature as referrer", () => {
  it("is listed by the referrers API, one for each time of signing", async () => {
    const key = newKeyPair();
    signReferrer(registry, REPOSITORY, image, key);
    signReferrer(registry, REPOSITORY, image, key);
    const answer = await fetch(`${registry.url}/v2/${REPOSITORY}/referrers/${image.digest}`);
    const { manifests } = (await answer.json()) as SignatureManifest;
    expect(manifests!.map((entry) => entry.artifactType)).toEqual(Array(2).fill("application/vnd.dev.cosign.artifact.sig.v1+json"));
    const manifest = await fetchManifest(manifests![0]!.digest);
    expect(manifest.subject!.digest).toBe(image.digest);
    expect(await verifies(manifest.layers[0]!, key.pem)).toBe(true);
  });

  it("is listed under the fallback tag where there is no referrers API", async () => {
    registry.setOptions({ referrersApi: false });
    const first = signReferrer(registry, REPOSITORY, image, newKeyPair());
    const second = signReferrer(registry, REPOSITORY, image, newKeyPair());
    const { manifests } = await fetchManifest(referrersTag(image.digest));
    expect(manifests!.map((entry) => entry.digest)).toEqual([first.digest, second.digest]);
  });
});

it("verifies by the same steps what cosign 1 signed with the fixtures' key", async () => {
  const pem = await readFile(join(import.meta.dirname, "../fixtures/keys/release.pub"), "utf8");
  await loadLayout(registry.store, "cosign1", join(import.meta.dirname, "../fixtures/cosign1"));
  const { layers } = await fetchManifest("sha256-c41f0bdc0ea8a9ca3c1163b4df105225bb1636c95bf80e65fbf912261199b83f.sig", "cosign1");
  const signature = Buffer.from(layers[0]!.annotations["dev.cosignproject.cosign/signature"]!, "base64");
  expect(verify("sha256", await fetchBlob(layers[0]!.digest, "cosign1"), createPublicKey(pem), signature)).toBe(true);
});
