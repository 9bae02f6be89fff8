import { hexOf } from "../oci/digest.ts";
import { OCI_INDEX } from "../oci/media-types.ts";
import type { RebuiltManifest } from "./rebuild-manifest.ts";

/**
 * Formats a manifest with its blobs as an OCI image layout: the bytes of each file by its path.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export function formatLayout({ digest, mediaType, bytes, blobs }: RebuiltManifest): ReadonlyMap<string, Uint8Array> {
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType, digest, size: bytes.length }] };
  return new Map([
    ["oci-layout", Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" }))],
    ["index.json", Buffer.from(JSON.stringify(index))],
    ...[...blobs, [digest, bytes] as const].map(
      ([name, content]) => [`blobs/${name.slice(0, name.indexOf(":"))}/${hexOf(name)}`, content] as const,
    ),
  ]);
}
