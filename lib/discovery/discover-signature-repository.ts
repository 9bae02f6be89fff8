import type { Digest } from "../oci/digest.ts";
import type { PlaceAnswer } from "./candidate.ts";
import { discoverCosignTags, SIGNATURE_SUFFIXES, STATEMENT_SUFFIXES } from "./discover-cosign-tag.ts";
import { discoverReferrersApi } from "./discover-referrers-api.ts";
import { discoverReferrersTag } from "./discover-referrers-tag.ts";
import { mergeAnswers, type Search } from "./place.ts";

const PLACE = "signature-repository";

/**
 * The same places in another repository (COSIGN_REPOSITORY). Nothing is said of a repository that cannot be seen at all:
 * there a missing tag proves nothing.
 */
export async function discoverSignatureRepository(target: Digest, search: Search): Promise<PlaceAnswer> {
  const { list, client } = search.in;
  if (!list.complete && list.tags.size === 0) {
    const failure = list.failure ?? { code: "page-missing", detail: "its tags cannot be listed", status: null, attempts: 1 };
    const detail = `signature repository ${client.repository.name}: ${failure.detail}`;
    return { place: PLACE, kind: "failed", failure: { ...failure, detail }, candidates: [], detail };
  }
  return mergeAnswers(
    PLACE,
    await Promise.all([
      discoverCosignTags(target, search, [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES], PLACE),
      discoverReferrersApi(target, search, PLACE),
      discoverReferrersTag(target, search, PLACE),
    ]),
  );
}
