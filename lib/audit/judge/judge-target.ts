import { cosignTag } from "../../oci/companion-tag.ts";
import type { Digest } from "../../oci/digest.ts";
import type { PlaceAnswer, PlaceName } from "../../discovery/candidate.ts";
import { discoverCosignTags, SIGNATURE_SUFFIXES, STATEMENT_SUFFIXES } from "../../discovery/discover-cosign-tag.ts";
import { discoverReferrersApi } from "../../discovery/discover-referrers-api.ts";
import { discoverReferrersTag } from "../../discovery/discover-referrers-tag.ts";
import { discoverSignatureRepository } from "../../discovery/discover-signature-repository.ts";
import { mergeAnswers, type Search } from "../../discovery/place.ts";
import { presenceOf } from "../../discovery/tag-oracle.ts";
import type { Policy } from "../../watchlist/watch-list.ts";
import { satisfyingSigners, type TargetFacts } from "./decide.ts";
import { diagnoseIndex } from "./diagnose.ts";
import { candidatesOf, searchIn, verifyAll, type Inquiry } from "./inquiry.ts";

/**
 * Steps 5 and 6 of the straight line for one target: asks its places in widening circles until the policy is satisfied,
 * and verifies every candidate. What satisfies is never thrown away by what follows or fails.
 */
export async function judgeTarget(target: Digest, inquiry: Inquiry): Promise<TargetFacts> {
  const places = new Map<PlaceName, PlaceAnswer>();
  const { everything, firstTime, watched } = inquiry;
  /** Adds answers and verifies what is known by now. */
  const weigh = (answers: readonly PlaceAnswer[]): TargetFacts => {
    for (const answer of answers) places.set(answer.place, answer);
    return factsOf([...places.values()], target, inquiry);
  };
  const isEnough = (facts: TargetFacts): boolean => !everything && satisfyingSigners(facts.results, watched.policy) !== null;

  const first = weigh(await askFirst(target, inquiry));
  if (isEnough(first)) return first;
  const stated = await askStatements(target, inquiry, places);
  for (const answer of stated) places.set(answer.place, answer);
  const second = weigh(firstTime ? await askDirectly(target, inquiry, places) : []);
  if (isEnough(second) || !inquiry.diagnose) return second;

  const diagnosis = await diagnoseIndex(target, inquiry);
  const results = [...second.results, ...diagnosis.results];
  const bare = second.results.every((result) => result.evidence !== "signature");
  const orphan = bare && diagnosis.signedPlatform === null ? await inquiry.orphans.find(inquiry) : null;
  return { answers: [...second.answers, diagnosis.answer], results, signedPlatform: diagnosis.signedPlatform, orphan };
}

function factsOf(answers: readonly PlaceAnswer[], target: Digest, inquiry: Inquiry): TargetFacts {
  return { answers, results: verifyAll(candidatesOf(answers), target, inquiry), signedPlatform: null, orphan: null };
}

/** First circle: wherever signatures are, as the tag list shows them. */
async function askFirst(target: Digest, inquiry: Inquiry): Promise<PlaceAnswer[]> {
  const search = searchIn(inquiry.main, inquiry, false);
  const suffixes = needsAttestations(inquiry.watched.policy) ? [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES] : SIGNATURE_SUFFIXES;
  const asked = [discoverReferrersApi(target, search), discoverReferrersTag(target, search), discoverCosignTags(target, search, suffixes)];
  if (inquiry.signatures) asked.push(discoverSignatureRepository(target, searchIn(inquiry.signatures, inquiry, false)));
  return Promise.all(asked);
}

function needsAttestations({ accept, require }: Policy): boolean {
  return accept.includes("attestation") || require.length > 0;
}

/** Second circle: statements beside the signatures, for the reason and for what else the policy may need. */
async function askStatements(target: Digest, inquiry: Inquiry, places: ReadonlyMap<PlaceName, PlaceAnswer>): Promise<PlaceAnswer[]> {
  if (needsAttestations(inquiry.watched.policy)) return [];
  const search = searchIn(inquiry.main, inquiry, false);
  return [mergeAnswers("cosign-tag", [places.get("cosign-tag")!, await discoverCosignTags(target, search, STATEMENT_SUFFIXES)])];
}

/** Third circle: the registry itself is asked for what only the list, or another release's answer, said is not there. */
async function askDirectly(target: Digest, inquiry: Inquiry, places: ReadonlyMap<PlaceName, PlaceAnswer>): Promise<PlaceAnswer[]> {
  const search = searchIn(inquiry.main, inquiry, true);
  const asked: Promise<PlaceAnswer>[] = [];
  if (places.get("referrers-api")?.kind === "notApplicable") asked.push(discoverReferrersApi(target, search));
  if (places.get("referrers-tag")?.kind === "nothing") asked.push(discoverReferrersTag(target, search));
  const unasked = [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES].filter(
    (suffix) => presenceOf(cosignTag(target, suffix, inquiry.watched.tagPrefix), inquiry.main.list) === "not-listed",
  );
  if (unasked.length > 0) asked.push(askAgain(target, search, unasked, places.get("cosign-tag")!));
  if (inquiry.signatures && places.get("signature-repository")?.kind === "nothing") {
    asked.push(discoverSignatureRepository(target, searchIn(inquiry.signatures, inquiry, true)));
  }
  return Promise.all(asked);
}

async function askAgain(
  target: Digest,
  search: Search,
  suffixes: Parameters<typeof discoverCosignTags>[2],
  before: PlaceAnswer,
): Promise<PlaceAnswer> {
  const again = await discoverCosignTags(target, search, suffixes);
  return before.kind === "found" || before.kind === "failed" ? mergeAnswers("cosign-tag", [before, again]) : again;
}
