import { shortDigest, type Digest } from "../../oci/digest.ts";
import type { PlaceAnswer } from "../../discovery/candidate.ts";
import { discoverCosignTags, SIGNATURE_SUFFIXES, STATEMENT_SUFFIXES } from "../../discovery/discover-cosign-tag.ts";
import { discoverReferrersApi } from "../../discovery/discover-referrers-api.ts";
import { discoverReferrersTag } from "../../discovery/discover-referrers-tag.ts";
import { listIndexEntries } from "../../discovery/index-entries.ts";
import type { SearchedRepository } from "../../discovery/place.ts";
import type { Failure } from "../../registry/answer.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import { satisfyingSigners } from "./decide.ts";
import { candidatesOf, searchIn, verifyAll, type Inquiry } from "./inquiry.ts";

interface Diagnosis {
  readonly answer: PlaceAnswer;
  /** What is attested inside the index; none of it is a signature of the index. */
  readonly results: readonly CandidateResult[];
  readonly signedPlatform: string | null;
}

const PLACE = "image-index";

/**
 * Looks into a bare index: BuildKit's attestation manifests (unsigned by themselves, their referrers may be signed), and platforms
 * that are signed although the index is not. Neither makes the index signed; both say what went wrong.
 */
export async function diagnoseIndex(target: Digest, inquiry: Inquiry): Promise<Diagnosis> {
  const entries = await listIndexEntries(inquiry.main.client, target, { missing: "skip" });
  if (entries.failure !== null) return { answer: failedAnswer(entries.failure), results: [], signedPlatform: null };
  if (!entries.isIndex)
    return { answer: { place: PLACE, kind: "notApplicable", detail: "a single manifest, no index" }, results: [], signedPlatform: null };

  let failure: Failure | null = null;
  let signedPlatform: string | null = null;
  const results: CandidateResult[] = [];
  for (const platform of entries.platforms) {
    const child = await askChild(platform, inquiry);
    failure ??= child.failure;
    if (signedPlatform === null && satisfyingSigners(child.results, inquiry.watched.policy) !== null) signedPlatform = platform;
  }
  for (const attestation of entries.attestations) {
    const child = await askChild(attestation, inquiry);
    failure ??= child.failure;
    const signed = child.results.some((result) => result.evidence === "signature" || result.evidence === "attestation");
    results.push(statementOf(attestation, signed));
  }
  if (failure !== null) return { answer: failedAnswer(failure), results, signedPlatform };
  const detail = `${entries.platforms.length} platforms, ${entries.attestations.length} attestation manifests`;
  const kind = entries.attestations.length > 0 ? { kind: "found" as const, candidates: [], unread: 0 } : { kind: "nothing" as const };
  return { answer: { place: PLACE, ...kind, detail }, results, signedPlatform };
}

function failedAnswer(failure: Failure): PlaceAnswer {
  return { place: PLACE, kind: "failed", failure, candidates: [], detail: failure.detail };
}

function statementOf(artifact: Digest, signed: boolean): CandidateResult {
  const evidence = signed ? "attestation" : "unsigned-attestation";
  const detail = `attestation manifest ${shortDigest(artifact)} inside the index, ${signed ? "signed" : "not signed"}`;
  return { kind: "not-evidence", evidence, place: PLACE, artifact, form: "unsigned-statement", predicateType: null, detail, proof: null };
}

/** All places of a digest below the index, judged for that digest itself. */
async function askChild(child: Digest, inquiry: Inquiry): Promise<{ results: CandidateResult[]; failure: Failure | null }> {
  const answers = await askPlaces(child, inquiry, inquiry.main);
  if (inquiry.signatures) answers.push(...(await askPlaces(child, inquiry, inquiry.signatures)));
  const failure = answers.find((answer) => answer.kind === "failed")?.failure ?? null;
  return { results: verifyAll(candidatesOf(answers), child, inquiry), failure };
}

/** Every place of a digest, as the list shows them. */
export async function askPlaces(digest: Digest, inquiry: Inquiry, repository: SearchedRepository): Promise<PlaceAnswer[]> {
  const search = searchIn(repository, inquiry, false);
  return Promise.all([
    discoverReferrersApi(digest, search),
    discoverReferrersTag(digest, search),
    discoverCosignTags(digest, search, [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES]),
  ]);
}
