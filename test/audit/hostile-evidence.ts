import { buildManifest, EMPTY_CONFIG, pushArtifact, type Artifact, type TypedBytes } from "../../lib/controls/artifact.ts";
import { attachReferrer } from "../../lib/controls/attach-referrer.ts";
import { buildImage } from "../../lib/controls/image.ts";
import type { KeyPair } from "../../lib/controls/key-pair.ts";
import type { ControlRegistry } from "../../lib/controls/registry-server.ts";
import { listLayers, signSimple } from "../../lib/controls/sign-simple.ts";
import { buildBundleLayer, formatStatement, signEnvelope } from "../../lib/controls/sign-statement.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { DSSE_ENVELOPE_LAYER, SIGSTORE_BUNDLE_V03 } from "../../lib/oci/media-types.ts";

/** Junk that looks like signatures: layers of bundles and envelopes of a given size, none of which the key of the policy made. */
export interface Junk {
  readonly manifests: number;
  readonly layers: number;
  readonly bytes: number;
  /** So many different blobs; the layers repeat them. */
  readonly blobs: number;
  readonly kind: "bundle" | "envelope" | "tiny" | "deep" | "keys" | "statement" | "text";
  /** Annotations of each layer, of this many characters, different for each. */
  readonly annotations?: number;
}

/** Attaches junk to a release. */
export function attachJunk(registry: ControlRegistry, repository: string, release: Artifact, junk: Junk, stranger: KeyPair): void {
  const mediaType = junk.kind === "envelope" ? DSSE_ENVELOPE_LAYER : SIGSTORE_BUNDLE_V03;
  const blobs = Array.from({ length: junk.blobs }, (_, at) => makeBlob(junk, at, release.digest, stranger));
  const digests = blobs.map((bytes) => ({ digest: registry.store.putBlob(repository, bytes), size: bytes.length }));
  for (let at = 0; at < junk.manifests; at++) {
    const annotationsOf = (layer: number): object =>
      junk.annotations === undefined
        ? {}
        : { annotations: { "dev.sigstore.cosign/chain": `${at} ${layer} `.padEnd(junk.annotations, "x") } };
    const layers = Array.from({ length: junk.layers }, (_, layer) => ({
      mediaType,
      ...digests[(at + layer) % digests.length],
      ...annotationsOf(layer),
    }));
    attachDocument(registry, repository, release, layers, `${at}`);
  }
}

/** Attaches a manifest with these descriptors of layers; their blobs were pushed, or not. */
export function attachDocument(
  registry: ControlRegistry,
  repository: string,
  release: Artifact,
  layers: readonly object[],
  seed: string,
): Digest {
  const frame = buildManifest({
    config: EMPTY_CONFIG,
    layers: [],
    subject: release,
    artifactType: SIGSTORE_BUNDLE_V03,
    annotations: { seed },
  });
  const bytes = Buffer.from(JSON.stringify({ ...(JSON.parse(frame.bytes.toString()) as object), layers }));
  return registry.store.putManifest(repository, bytes, frame.mediaType).digest;
}

function makeBlob({ kind, bytes }: Junk, seed: number, target: Digest, stranger: KeyPair): Buffer {
  const fill = (unit: string): string => unit.repeat(Math.max(0, Math.floor((bytes - 1024) / unit.length)));
  switch (kind) {
    case "tiny":
      return Buffer.from(`[${seed},${fill("{},")}{}]`);
    case "deep":
      return Buffer.from(`[${seed},${fill("[")}`);
    case "keys":
      return Buffer.from(`{"seed":${seed}${Array.from({ length: Math.floor(bytes / 14) }, (_, at) => `,"k${at}":0`).join("")}}`);
    case "text":
      return Buffer.from(JSON.stringify({ seed, text: fill("x") }));
    case "statement":
    case "bundle":
    case "envelope": {
      const predicate =
        kind === "statement"
          ? Array.from({ length: Math.floor(bytes / 5) }, () => ({}))
          : { text: "x".repeat(Math.floor((bytes * 3) / 4 - 2048)) };
      const statement = formatStatement({ digest: target, predicateType: `https://example.com/${seed}`, predicate });
      const envelope = signEnvelope(statement, stranger);
      return kind === "envelope" ? Buffer.from(JSON.stringify(envelope)) : buildBundleLayer(envelope, stranger.hint).bytes;
    }
  }
}

/** Pushes a release with junk around a genuine signature: the layer at this place of a `.sig` manifest of a hundred. */
export function signAmongJunk(
  registry: ControlRegistry,
  repository: string,
  release: Artifact,
  key: KeyPair,
  place: number,
  stranger: KeyPair,
): void {
  const tag = cosignTag(release.digest, ".sig");
  signSimple(registry, repository, release, stranger);
  const [junk] = listLayers(registry.store, repository, tag) as [TypedBytes];
  registry.store.untag(repository, tag);
  signSimple(registry, repository, release, key);
  const [genuine] = listLayers(registry.store, repository, tag) as [TypedBytes];
  const layers = Array.from({ length: 100 }, (_, at): TypedBytes =>
    at === place ? genuine : { ...junk, annotations: { ...junk.annotations, "dev.sigstore.cosign/chain": `${at}` } },
  );
  pushArtifact(registry.store, repository, buildManifest({ config: EMPTY_CONFIG, layers }), tag);
}

/** Pushes a release. */
export function pushRelease(registry: ControlRegistry, repository: string, tag: string): Artifact {
  const image = buildImage({ seed: `${repository} ${tag}` });
  pushArtifact(registry.store, repository, image, tag);
  return image;
}

/** Attaches so many referrers, each of an own manifest. */
export function attachMany(registry: ControlRegistry, repository: string, release: Artifact, count: number): void {
  for (let at = 0; at < count; at++) {
    const layer = { mediaType: SIGSTORE_BUNDLE_V03, bytes: Buffer.from(`junk ${at}`) };
    attachReferrer(
      registry,
      repository,
      release,
      buildManifest({ config: EMPTY_CONFIG, layers: [layer], subject: release, artifactType: SIGSTORE_BUNDLE_V03 }),
    );
  }
}
