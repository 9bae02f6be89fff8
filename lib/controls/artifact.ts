import { digestOf, type Digest } from "../oci/digest.ts";
import { OCI_EMPTY, OCI_MANIFEST } from "../oci/media-types.ts";
import type { RegistryStore } from "./registry-store.ts";

/** A manifest or index with everything needed to push it. */
export interface Artifact {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Config and layers. */
  readonly blobs: readonly Buffer[];
  /** The manifests of an index. */
  readonly children: readonly Artifact[];
  /** What the entry of an index says beyond type, size and digest. */
  readonly entry: { readonly platform?: object; readonly annotations?: Readonly<Record<string, string>> };
}

/** Anything that can be signed: an {@link Artifact}, or a stored manifest. */
export type Target = Pick<Artifact, "digest" | "mediaType" | "bytes">;

/** The bytes of a config or layer, with the fields of their descriptor. */
export interface TypedBytes {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
  /** cosign repeats the artifact type in the descriptor of the config. */
  readonly artifactType?: string;
}

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidance-for-an-empty-descriptor */
export const EMPTY_CONFIG: TypedBytes = { mediaType: OCI_EMPTY, bytes: Buffer.from("{}") };

/** Builds a manifest with its keys in the order of Go's types (cosign, crane). */
export function buildManifest(parts: {
  readonly config: TypedBytes;
  readonly layers: readonly TypedBytes[];
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Target;
  readonly artifactType?: string;
  readonly entry?: Artifact["entry"];
}): Artifact {
  const mediaType = parts.mediaType ?? OCI_MANIFEST;
  const document = {
    schemaVersion: 2,
    mediaType,
    config: describe(parts.config),
    layers: parts.layers.map(describe),
    annotations: parts.annotations,
    subject: parts.subject && describe(parts.subject),
    artifactType: parts.artifactType,
  };
  return newArtifact(document, mediaType, {
    blobs: [parts.config.bytes, ...parts.layers.map((layer) => layer.bytes)],
    children: [],
    entry: parts.entry ?? {},
  });
}

/** Formats the image configuration that cosign writes for artifacts that are no images. */
export function formatCosignConfig(layers: readonly TypedBytes[]): Buffer {
  const created = "0001-01-01T00:00:00Z";
  return Buffer.from(
    JSON.stringify({
      architecture: "",
      created,
      history: layers.map(() => ({ created })),
      os: "",
      rootfs: { type: "layers", diff_ids: layers.map((layer) => digestOf(layer.bytes)) },
      config: {},
    }),
  );
}

/** Makes an artifact of exactly this document. */
export function newArtifact(document: object, mediaType: string, rest: Pick<Artifact, "blobs" | "children" | "entry">): Artifact {
  const bytes = Buffer.from(JSON.stringify(document));
  return { digest: digestOf(bytes), mediaType, bytes, ...rest };
}

/** Returns the descriptor of bytes: type, size, digest and annotations. */
export function describe(part: TypedBytes): object {
  const { mediaType, bytes, annotations, artifactType } = part;
  return { mediaType, size: bytes.length, digest: digestOf(bytes), annotations, artifactType };
}

/** Pushes the blobs, the children and the manifest itself, and tags it if a tag is given. */
export function pushArtifact(store: RegistryStore, repository: string, artifact: Artifact, tag: string | null = null): void {
  for (const blob of artifact.blobs) store.putBlob(repository, blob);
  for (const child of artifact.children) pushArtifact(store, repository, child);
  store.putManifest(repository, artifact.bytes, artifact.mediaType, tag);
}
