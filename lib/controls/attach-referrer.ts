import { referrersTag } from "../oci/companion-tag.ts";
import { OCI_INDEX } from "../oci/media-types.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { describe, newArtifact, pushArtifact, type Artifact, type Target } from "./artifact.ts";
import type { RegistryStore } from "./registry-store.ts";

/** The registry that signatures are pushed to, such as a running control registry. */
export interface SigningPlace {
  /** The name of the registry in signed payloads. */
  readonly host: string;
  readonly store: RegistryStore;
  readonly options: { readonly referrersApi: boolean };
}

/**
 * Pushes an artifact whose subject is the target. Without the referrers API, it adds an entry to the index under the fallback tag, as
 * cosign and oras do.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
export function attachReferrer(place: SigningPlace, repository: string, target: Target, artifact: Artifact): void {
  pushArtifact(place.store, repository, artifact);
  if (!place.options.referrersApi) addToReferrersTag(place.store, repository, target, artifact);
}

/** Adds the artifact to the index under the target's fallback tag, which it creates if necessary. */
function addToReferrersTag(store: RegistryStore, repository: string, target: Target, artifact: Artifact): void {
  const tag = referrersTag(target.digest);
  const manifests = [...listEntries(store, repository, tag), newEntry(artifact)];
  const index = newArtifact({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX, {
    blobs: [],
    children: [],
    entry: {},
  });
  pushArtifact(store, repository, index, tag);
}

function listEntries(store: RegistryStore, repository: string, tag: string): unknown[] {
  const digest = store.digestOfTag(repository, tag);
  const stored = digest && store.manifest(repository, digest);
  const parsed = stored ? parseJson(stored.bytes) : null;
  const document = parsed?.kind === "parsed" ? parsed.value : null;
  return isJsonObject(document) && Array.isArray(document["manifests"]) ? (document["manifests"] as unknown[]) : [];
}

function newEntry(artifact: Artifact): object {
  const { artifactType } = JSON.parse(artifact.bytes.toString()) as { artifactType?: string };
  return describe({
    mediaType: artifact.mediaType,
    bytes: artifact.bytes,
    ...(artifactType ? { artifactType } : {}),
  });
}
