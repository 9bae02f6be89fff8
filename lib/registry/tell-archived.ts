import { isDigest, type Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { OCI_MANIFEST } from "../oci/media-types.ts";
import { failWith } from "./fail.ts";
import type { BulkList, RepositoryClient } from "./repository-client.ts";

/**
 * Wraps a client so that what its registry keeps archived, by the list of its own API, is never taken for absent: a look-up that does not
 * find such a manifest fails, and says so, and the referrers of a digest include those that are archived.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive_restore_image.html
 */
export function tellArchived(client: RepositoryClient): RepositoryClient {
  let bulk: BulkList | null = null;
  const isArchived = (reference: string): boolean => {
    const digest = isDigest(reference) ? reference : bulk?.digests.get(reference);
    return digest !== undefined && bulk?.archived?.has(digest) === true;
  };
  const judge = <T extends { readonly kind: string }>(reference: string, answer: T) => {
    if (answer.kind === "found" || !isArchived(reference)) return answer;
    const operation = `read ${reference} of ${client.repository.name}`;
    return failWith("listed-but-missing", operation, "its registry keeps it archived, and serves it only after it is restored", null, 1);
  };
  return {
    ...client,
    async listTags() {
      const list = await client.listTags();
      ({ bulk } = list);
      return list;
    },
    resolveTag: async (tag, options) => judge(tag, await client.resolveTag(tag, options)),
    hasManifest: async (digest) => judge(digest, await client.hasManifest(digest)),
    fetchManifest: async (reference, options) => judge(reference, await client.fetchManifest(reference, options)),
    lendManifest: (reference, { listed, use }) =>
      client.lendManifest(reference, { listed, use: (answer) => use(judge(reference, answer)) }),
    async listReferrers(digest) {
      const answer = await client.listReferrers(digest);
      if (answer.kind !== "listed") return answer;
      const listed = new Set(answer.descriptors.map((descriptor) => descriptor.digest));
      const archived = [...(bulk?.referrers.get(digest) ?? [])].filter((one) => !listed.has(one) && isArchived(one));
      return { kind: "listed", descriptors: [...answer.descriptors, ...archived.map(describe)] };
    },
  };
}

/** A descriptor of what cannot be read: nothing more is known of it. */
function describe(digest: Digest): Descriptor {
  return { mediaType: OCI_MANIFEST, digest, size: 0, artifactType: null, annotations: {}, platform: null };
}
