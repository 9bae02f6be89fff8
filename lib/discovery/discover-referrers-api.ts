import type { Digest } from "../oci/digest.ts";
import type { PlaceAnswer, PlaceName } from "./candidate.ts";
import { answerOf, type Search } from "./place.ts";
import { readReferrers } from "./referrers.ts";

/**
 * `GET /v2/<name>/referrers/<digest>`. A 404 or a redirect means that there is no API here, but only for a repository
 * that never showed a referrer by it; where it did, the same answer is a failure.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function discoverReferrersApi(target: Digest, search: Search, place: PlaceName = "referrers-api"): Promise<PlaceAnswer> {
  const { client, referrersApi } = search.in;
  const answer = await referrersApi.ask(target, { direct: search.direct });
  if (answer.kind === "failed") return { place, kind: "failed", failure: answer.failure, candidates: [], detail: answer.failure.detail };
  if (answer.kind === "unsupported") {
    const heldOne = place === "referrers-api" && search.recordedPlaces.has(place);
    if (!referrersApi.learned && !heldOne) {
      return { place, kind: "notApplicable", detail: `no referrers API (${answer.detail})` };
    }
    const detail = `referrers API: ${answer.detail}, although it has answered for this repository before`;
    return { place, kind: "failed", failure: { code: "not-found", detail, status: 404, attempts: 1 }, candidates: [], detail };
  }
  if (answer.descriptors.length === 0) return { place, kind: "nothing", detail: "referrers API: 200, empty list" };
  const read = await readReferrers(client, answer.descriptors, place, target, search.recorded);
  if (read.namesSubject) referrersApi.learn();
  return answerOf(place, read, `referrers API: 200, ${answer.descriptors.length} listed`);
}
