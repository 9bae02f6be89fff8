import { cosignTag } from "../oci/companion-tag.ts";
import { isDigest, type Digest } from "../oci/digest.ts";
import { COSIGN_SIGNATURE_ARTIFACT, DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST, SIMPLE_SIGNING_LAYER } from "../oci/media-types.ts";
import { parseManifest } from "../oci/manifest.ts";
import { buildManifest, formatCosignConfig, pushArtifact, type Artifact, type Target, type TypedBytes } from "./artifact.ts";
import { attachReferrer, type SigningPlace } from "./attach-referrer.ts";
import type { MediaTypeFamily } from "./image.ts";
import { signBytes, type KeyPair } from "./key-pair.ts";
import type { RegistryStore } from "./registry-store.ts";

export interface SimpleSigningOptions {
  /** Annotations in the payload's `optional`, as from `cosign sign -a`. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The digest that the payload names, the target's by default. */
  readonly names?: Digest;
  /** A payload instead of cosign's, signed as it is. */
  readonly payload?: string;
  /** The value of the annotation instead of the true signature. */
  readonly signature?: string;
  /** Further annotations of the layer. */
  readonly layerAnnotations?: Readonly<Record<string, string>>;
}

/** Formats cosign's payload byte for byte: https://github.com/sigstore/sigstore/blob/main/pkg/signature/payload/payload.go */
export function formatSimplePayload(
  reference: string,
  digest: Digest,
  annotations: Readonly<Record<string, string>> | null = null,
): string {
  return JSON.stringify({
    critical: {
      identity: { "docker-reference": reference },
      image: { "docker-manifest-digest": digest },
      type: "cosign container image signature",
    },
    optional: annotations,
  });
}

/** Builds one layer of a signature manifest: the payload, with its signature in the annotations. */
function buildSimpleLayer(reference: string, target: Target, key: KeyPair, options: SimpleSigningOptions = {}): TypedBytes {
  const payload = options.payload ?? formatSimplePayload(reference, options.names ?? target.digest, options.annotations);
  const bytes = Buffer.from(payload);
  return {
    mediaType: SIMPLE_SIGNING_LAYER,
    bytes,
    annotations: {
      "dev.cosignproject.cosign/signature": options.signature ?? signBytes(key, bytes).toString("base64"),
      ...options.layerAnnotations,
    },
  };
}

/** Builds a signature manifest of these layers. `subject` makes it a referrer. */
export function buildSignatureManifest(
  layers: readonly TypedBytes[],
  options: { readonly mediaTypes?: MediaTypeFamily; readonly subject?: Target } = {},
): Artifact {
  const docker = options.mediaTypes === "docker";
  const { subject } = options;
  const imageConfig = docker ? "application/vnd.docker.container.image.v1+json" : OCI_CONFIG;
  return buildManifest({
    mediaType: docker ? DOCKER_MANIFEST : OCI_MANIFEST,
    config: { mediaType: subject ? COSIGN_SIGNATURE_ARTIFACT : imageConfig, bytes: formatCosignConfig(layers) },
    layers,
    ...(subject ? { subject, artifactType: COSIGN_SIGNATURE_ARTIFACT } : {}),
  });
}

/** Signs like `cosign sign --key` of cosign 1 and 2: adds a layer under `sha256-<hex>.sig`. `to` is COSIGN_REPOSITORY. */
export function signSimple(
  place: SigningPlace,
  repository: string,
  target: Target,
  key: KeyPair,
  options: SimpleSigningOptions & { readonly mediaTypes?: MediaTypeFamily; readonly tagPrefix?: string; readonly to?: string } = {},
): Artifact {
  const to = options.to ?? repository;
  const tag = cosignTag(target.digest, ".sig", options.tagPrefix);
  const layer = buildSimpleLayer(`${place.host}/${repository}`, target, key, options);
  const artifact = buildSignatureManifest([...listLayers(place.store, to, tag), layer], options);
  pushArtifact(place.store, to, artifact, tag);
  return artifact;
}

/** Signs like cosign 2 with `--registry-referrers-mode=oci-1-1`: each signature is its own referrer. */
export function signReferrer(
  place: SigningPlace,
  repository: string,
  target: Target,
  key: KeyPair,
  options: SimpleSigningOptions = {},
): Artifact {
  const layer = buildSimpleLayer(`${place.host}/${repository}`, target, key, options);
  const artifact = buildSignatureManifest([layer], { subject: target });
  attachReferrer(place, repository, target, artifact);
  return artifact;
}

/** Returns the layers of a tagged manifest with their bytes, without those that are absent. */
export function listLayers(store: RegistryStore, repository: string, tag: string): TypedBytes[] {
  const digest = store.digestOfTag(repository, tag);
  const stored = digest && store.manifest(repository, digest);
  const parsed = stored ? parseManifest(stored.bytes, stored.mediaType) : null;
  if (parsed?.kind !== "parsed" || parsed.manifest.kind !== "manifest") return [];
  return parsed.manifest.layers.flatMap((layer) => {
    const blob = isDigest(layer.digest) ? store.repository(repository)?.blobs.get(layer.digest) : undefined;
    return blob ? [{ mediaType: layer.mediaType, bytes: blob.body, annotations: { ...layer.annotations } }] : [];
  });
}
