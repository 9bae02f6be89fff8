import { isJsonObject, type JsonObject } from "../oci/parse-json.ts";
import { BulkCollector } from "./vendors/bulk-collector.ts";
import type { BulkTags } from "./vendors/vendor-api.ts";

/**
 * Reads `manifest` of a tag list: digest → its tags, for tagged and untagged manifests alike. Google's registries write it, and what stands
 * before them passes it on. It is not in Google's reference; its form is that of
 * https://github.com/google/go-containerregistry/blob/main/pkg/v1/google/list.go
 */
export function readManifestMap({ manifest }: JsonObject): BulkTags | null {
  if (!isJsonObject(manifest)) return null;
  const bulk = new BulkCollector();
  const isRead = Object.entries(manifest).every(([digest, entry]) => isJsonObject(entry) && bulk.addManifest(digest, entry["tag"] ?? []));
  return isRead ? bulk.end(0, "some") : null;
}
