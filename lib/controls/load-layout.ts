import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDigest, matchesDigest, type Digest } from "../oci/digest.ts";
import { parseDescriptors, type Descriptor } from "../oci/manifest.ts";
import { isIndexType } from "../oci/media-types.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { RegistryStore } from "./registry-store.ts";

/** More than any layout that is loaded here. */
const LAYOUT_MANIFESTS_LIMIT = 100_000;

/**
 * Loads an OCI image layout as one repository: every manifest of `index.json` with its media type and its tag, if it has one
 * (`org.opencontainers.image.ref.name`), the manifests of an index, and every file under `blobs`. Throws SealwatchError `internal` if a
 * file is missing, is no layout, or differs from the digest in its name.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function loadLayout(store: RegistryStore, repository: string, directory: string): Promise<void> {
  const blobs = await readBlobs(directory);
  const loaded = new Set<Digest>();
  const load = (descriptor: Descriptor, tag: string | null): void => {
    const bytes = blobs.get(descriptor.digest);
    // A fallback index may name absent manifests; a registry serves it all the same.
    if (!bytes) return;
    loaded.add(descriptor.digest);
    store.putManifest(repository, bytes, descriptor.mediaType, tag);
    if (!isIndexType(descriptor.mediaType)) return;
    for (const child of readDescriptors(bytes, descriptor.digest)) load(child, null);
  };
  for (const descriptor of readDescriptors(await readFile(join(directory, "index.json")), "index.json")) {
    if (!blobs.has(descriptor.digest)) throw newLayoutError(`${descriptor.digest} is listed but not there`);
    load(descriptor, descriptor.annotations["org.opencontainers.image.ref.name"] ?? null);
  }
  for (const [digest, bytes] of blobs) if (!loaded.has(digest)) store.putBlob(repository, bytes);
}

function newLayoutError(detail: string): SealwatchError {
  return new SealwatchError("internal", `loading an image layout: ${detail}`);
}

function readDescriptors(bytes: Buffer, name: string): Descriptor[] {
  const parsed = parseJson(bytes);
  const document = parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value : null;
  const descriptors = document && parseDescriptors(document["manifests"], LAYOUT_MANIFESTS_LIMIT);
  if (!descriptors) throw newLayoutError(`${name} is no index`);
  return descriptors;
}

async function readBlobs(directory: string): Promise<Map<Digest, Buffer>> {
  const blobs = new Map<Digest, Buffer>();
  for (const algorithm of await readdir(join(directory, "blobs"))) {
    for (const hex of await readdir(join(directory, "blobs", algorithm))) {
      const bytes = await readFile(join(directory, "blobs", algorithm, hex));
      const digest = `${algorithm}:${hex}`;
      if (!isDigest(digest) || !matchesDigest(bytes, digest)) {
        throw newLayoutError(`blobs/${algorithm}/${hex} is not what its name says`);
      }
      blobs.set(digest, bytes);
    }
  }
  return blobs;
}
