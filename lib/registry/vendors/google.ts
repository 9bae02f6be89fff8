import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import { BulkCollector } from "./bulk-collector.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { BulkTags } from "./vendor-api.ts";

/** Artifact Registry and gcr.io answer all tags at once, with a map of all manifests. */
export const GOOGLE: RegistryProfile = {
  isFor: (registry) => /(?:^|[.-])(?:gcr\.io|pkg\.dev)(?::\d+)?$/.test(registry),
  tagsPageLimitBytes: 32 * 1024 * 1024,
  readTagsDocument: readManifestMap,
};

/**
 * Reads `manifest` of a tag list: digest → its tags, for tagged and untagged manifests alike. It is not in Google's reference; its form is
 * that of https://github.com/google/go-containerregistry/blob/main/pkg/v1/google/list.go
 */
export function readManifestMap({ manifest }: JsonObject): BulkTags | null {
  if (!isJsonObject(manifest)) return null;
  const bulk = new BulkCollector();
  const isRead = Object.entries(manifest).every(([digest, entry]) => isJsonObject(entry) && bulk.addManifest(digest, entry["tag"] ?? []));
  return isRead ? bulk.end(0, "some") : null;
}
