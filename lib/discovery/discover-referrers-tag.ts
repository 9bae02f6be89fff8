import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { referrersTag } from "../oci/companion-tag.ts";
import type { FetchedManifest } from "../registry/repository-client.ts";
import type { PlaceAnswer, PlaceName } from "./candidate.ts";
import { REFERRERS_LISTED_LIMIT } from "./limits.ts";
import { answerOf, type Search } from "./place.ts";
import { readReferrers } from "./referrers.ts";
import { readSignatureManifest } from "./signature-manifest.ts";
import { presenceOf } from "./tag-oracle.ts";

/**
 * The fallback tag `sha256-<hex>`, an index of referrers that clients write where there is no API, and sometimes where there is.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
export async function discoverReferrersTag(target: Digest, search: Search, place: PlaceName = "referrers-tag"): Promise<PlaceAnswer> {
  const tag = referrersTag(target);
  const presence = presenceOf(tag, search.in.list);
  if (presence === "not-listed" && !search.direct) return { place, kind: "nothing", detail: `tag ${tag}: not in the complete tag list` };
  const answer = await search.in.client.fetchManifest(tag, { listed: presence === "listed" });
  if (answer.kind === "failed") return { place, kind: "failed", failure: answer.failure, candidates: [], detail: answer.failure.detail };
  if (answer.kind === "absent") return { place, kind: "nothing", detail: `tag ${tag}: not found` };
  const fetched = answer.value;
  // GitLab answers the tag with the image itself, `cosign copy` stores the image there: no list at all.
  if (fetched.digest === target) return { place, kind: "nothing", detail: `tag ${tag}: names the image itself` };
  if (fetched.manifest.kind === "manifest") return readSingle(fetched, target, search, place, tag);

  const entries = fetched.manifest.manifests.filter((entry) => !isPlatformEntry(entry));
  if (entries.length > REFERRERS_LISTED_LIMIT) {
    const detail = `tag ${tag}: ${entries.length} entries; at most ${REFERRERS_LISTED_LIMIT} are read`;
    return { place, kind: "failed", failure: { code: "limit", detail, status: null, attempts: 1 }, candidates: [], detail };
  }
  if (entries.length === 0) return { place, kind: "nothing", detail: `tag ${tag}: an index without referrers` };
  const read = await readReferrers(search.in.client, entries, place, target, search.recorded);
  return answerOf(place, read, `tag ${tag}: ${entries.length} listed`);
}

/** An entry of an ordinary image index: a platform and no artifact type. */
function isPlatformEntry(entry: Descriptor): boolean {
  return entry.platform !== null && entry.artifactType === null;
}

/** A manifest where an index is due: an ordinary image that took the name, or one referrer pushed straight to the tag. */
async function readSingle(fetched: FetchedManifest, target: Digest, search: Search, place: PlaceName, tag: string): Promise<PlaceAnswer> {
  if (fetched.manifest.subject?.digest !== target)
    return { place, kind: "nothing", detail: `tag ${tag}: another image, no list of referrers` };
  const read = await readSignatureManifest(search.in.client, fetched, place, target, { subjectRequired: true });
  return answerOf(place, read, `tag ${tag}: one referrer`);
}
