import { findEvidence } from "../../history/past/find-evidence.ts";
import type { RepositoryHistory } from "../../history/state.ts";
import type { EvidenceStore } from "../../history/store.ts";
import { isDigest, matchesDigest, type Digest } from "../../oci/digest.ts";
import { parseManifest } from "../../oci/manifest.ts";
import { found, type Answer } from "../../registry/answer.ts";
import type { FetchedManifest, RepositoryClient, TagList } from "../../registry/repository-client.ts";

/** What is known of a repository before its places are asked. */
interface Known {
  readonly list: TagList;
  readonly history: RepositoryHistory;
  readonly store: Pick<EvidenceStore, "loadEvidence">;
}

/**
 * Wraps the client of a registry that limits pulls, so that a recorded signature manifest is not pulled again. A HEAD, which is no pull,
 * shows that the registry serves this very digest, and the kept bytes match it: a GET could say no more. Whatever that does not settle is
 * fetched as ever. So the pulls of a night are left to what is new.
 */
export function sparePulls(client: RepositoryClient, { list, history, store }: Known): RepositoryClient {
  if (!client.limitsPulls()) return client;
  const recorded = new Set([...history.tags.values()].flatMap(({ last }) => last?.artifacts ?? []));
  /** The kept manifest if the registry serves it, or null. */
  const spare = async (reference: string, options: { readonly listed: boolean }): Promise<FetchedManifest | null> => {
    const digest = isDigest(reference) ? reference : list.bulk?.digests.get(reference);
    const kept = digest !== undefined && recorded.has(digest) ? await findKept(store, digest) : null;
    return kept !== null && (await servesSame(client, reference, kept.digest, options)) ? kept : null;
  };
  return {
    ...client,
    async fetchManifest(reference, options) {
      const kept = await spare(reference, options);
      return kept === null ? client.fetchManifest(reference, options) : found(kept);
    },
    async lendManifest(reference, loan) {
      const kept = await spare(reference, loan);
      return kept === null ? client.lendManifest(reference, loan) : loan.use(found(kept));
    },
  };
}

async function servesSame(client: RepositoryClient, reference: string, digest: Digest, options: { readonly listed: boolean }) {
  if (isDigest(reference)) return (await client.hasManifest(digest)).kind === "found";
  const named: Answer<{ readonly digest: Digest }> = await client.resolveTag(reference, options);
  return named.kind === "found" && named.value.digest === digest;
}

async function findKept(store: Known["store"], digest: Digest): Promise<FetchedManifest | null> {
  const evidence = await findEvidence(store, digest);
  if (evidence.kind !== "kept" || !matchesDigest(evidence.bytes, digest)) return null;
  const { bytes } = evidence;
  const parsed = parseManifest(bytes, "");
  return parsed.kind === "parsed" ? { digest, mediaType: parsed.manifest.mediaType, bytes, manifest: parsed.manifest } : null;
}
