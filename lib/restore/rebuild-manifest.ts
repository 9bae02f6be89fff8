import { digestOf, type Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { OCI_MANIFEST } from "../oci/media-types.ts";
import { isJsonObject, parseJson, type JsonObject } from "../oci/parse-json.ts";

/** A signature manifest with everything that it names, ready to be pushed. */
export interface RebuiltManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** False if a part was not kept: then it is another manifest, with the same signatures. */
  readonly isExact: boolean;
}

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidance-for-an-empty-descriptor */
const EMPTY = "{}";
const CREATED = "0001-01-01T00:00:00Z";

/**
 * Rebuilds a signature manifest from its kept bytes and those of its layers that are kept. Its config, which no verifier reads, is not kept:
 * it is empty, or what cosign writes for these layers, or else replaced. Null if these are the bytes of no manifest, or no layer is kept.
 */
export function rebuildManifest(bytes: Uint8Array, kept: ReadonlyMap<Digest, Uint8Array>): RebuiltManifest | null {
  const parsed = parseManifest(bytes, OCI_MANIFEST);
  const raw = parseJson(bytes);
  if (parsed.kind !== "parsed" || parsed.manifest.kind !== "manifest" || raw.kind !== "parsed" || !isJsonObject(raw.value)) return null;
  const { config, layers, mediaType } = parsed.manifest;
  const blobs = new Map(layers.flatMap(({ digest }) => (kept.has(digest) ? [[digest, kept.get(digest)!] as const] : [])));
  if (blobs.size === 0) return null;
  const encoded = [EMPTY, formatCosignConfig(layers.map(({ digest }) => digest))].map((text) => Buffer.from(text));
  const known = encoded.find((one) => config !== null && digestOf(one) === config.digest);
  if (known !== undefined && layers.every(({ digest }) => blobs.has(digest)))
    return { digest: digestOf(bytes), mediaType, bytes, blobs: blobs.set(config!.digest, known), isExact: true };
  return replaceParts(raw.value, { mediaType, blobs });
}

/** Leaves out layers that are not kept, and takes a config that fits the rest. Annotations, in which signatures lie, stay as they are. */
function replaceParts(raw: JsonObject, { mediaType, blobs }: Pick<RebuiltManifest, "mediaType"> & { blobs: Map<Digest, Uint8Array> }) {
  const layers = (Array.isArray(raw["layers"]) ? raw["layers"] : []).filter(
    (layer) => isJsonObject(layer) && blobs.has(layer["digest"] as Digest),
  );
  const config = Buffer.from(formatCosignConfig([...blobs.keys()]));
  const described = isJsonObject(raw["config"]) ? raw["config"] : {};
  const document = { ...raw, config: { ...described, digest: digestOf(config), size: config.length, data: undefined }, layers };
  const bytes = Buffer.from(JSON.stringify(document));
  return { digest: digestOf(bytes), mediaType, bytes, blobs: blobs.set(digestOf(config), config), isExact: false };
}

/** What cosign writes as config of layers that are no file systems, byte for byte: go-containerregistry's empty image with layers. */
function formatCosignConfig(layers: readonly Digest[]): string {
  const rootfs = { type: "layers", diff_ids: layers };
  return JSON.stringify({
    architecture: "",
    created: CREATED,
    history: layers.map(() => ({ created: CREATED })),
    os: "",
    rootfs,
    config: {},
  });
}
