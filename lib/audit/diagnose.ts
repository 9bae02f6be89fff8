import { parseCompanionTag } from "../oci/companion-tag.ts";
import { shortDigest, type Digest } from "../oci/digest.ts";
import type { Candidate, PlaceAnswer } from "../discovery/candidate.ts";
import { discoverCosignTags, SIGNATURE_SUFFIXES, STATEMENT_SUFFIXES } from "../discovery/discover-cosign-tag.ts";
import { discoverReferrersApi } from "../discovery/discover-referrers-api.ts";
import { discoverReferrersTag } from "../discovery/discover-referrers-tag.ts";
import { listIndexEntries } from "../discovery/index-entries.ts";
import type { SearchedRepository } from "../discovery/place.ts";
import type { Failure } from "../registry/answer.ts";
import type { CandidateResult } from "../verification/candidate-result.ts";
import { satisfyingSigners } from "./decide.ts";
import { searchIn, verifyAll, type Inquiry } from "./judge-target.ts";

export interface Diagnosis {
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
  const entries = await listIndexEntries(inquiry.main.client, target);
  if (entries.failure !== null) return { answer: failedAnswer(entries.failure), results: [], signedPlatform: null };
  if (!entries.isIndex) return { answer: { place: PLACE, kind: "notApplicable", detail: "a single manifest, no index" }, results: [], signedPlatform: null };

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
  return { kind: "not-evidence", evidence, place: PLACE, artifact, form: "unsigned-statement", predicateType: null, detail };
}

/** All places of a digest below the index, judged for that digest itself. */
async function askChild(child: Digest, inquiry: Inquiry): Promise<{ results: CandidateResult[]; failure: Failure | null }> {
  const answers = await askPlaces(child, inquiry, inquiry.main);
  if (inquiry.signatures) answers.push(...(await askPlaces(child, inquiry, inquiry.signatures)));
  const failure = answers.find((answer) => answer.kind === "failed")?.failure ?? null;
  return { results: verifyAll(candidatesOf(answers), child, inquiry), failure };
}

async function askPlaces(digest: Digest, inquiry: Inquiry, repository: SearchedRepository): Promise<PlaceAnswer[]> {
  const search = searchIn(repository, inquiry, false);
  return Promise.all([
    discoverReferrersApi(digest, search),
    discoverReferrersTag(digest, search),
    discoverCosignTags(digest, search, [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES]),
  ]);
}

function candidatesOf(answers: readonly PlaceAnswer[]): Candidate[] {
  return answers.flatMap((answer) => (answer.kind === "found" || answer.kind === "failed" ? [...answer.candidates] : []));
}

/** Signed digests of a repository that no longer exist there. */
export interface Orphans {
  /** The first orphan whose signature satisfies the inquiry's policy, or null. Looked for once a policy and run. */
  find(inquiry: Inquiry, target: Digest): Promise<Digest | null>;
}

/** Companions of unknown digests are normal in repositories with rolling tags: only this many are looked at. */
const ORPHANS_LIMIT = 8;

/**
 * A signature whose digest is gone says that something else was signed than what was pushed (a manifest serialised anew, a local id).
 * `known`: digests that a tag names or, by the record, named; they are no orphans.
 */
export function createOrphans(known: ReadonlySet<Digest>): Orphans {
  const found = new Map<string, Promise<Digest | null>>();
  return {
    find(inquiry) {
      const key = inquiry.watched.policy.name;
      const search = found.get(key) ?? searchOrphan(inquiry, known);
      found.set(key, search);
      return search;
    },
  };
}

async function searchOrphan(inquiry: Inquiry, known: ReadonlySet<Digest>): Promise<Digest | null> {
  const digests = new Set<Digest>();
  for (const tag of inquiry.main.list.tags) {
    const companion = parseCompanionTag(tag);
    if (companion?.algorithm !== "sha256" || companion.suffix !== ".sig") continue;
    const digest: Digest = `sha256:${companion.hex}`;
    if (!known.has(digest)) digests.add(digest);
    if (digests.size >= ORPHANS_LIMIT) break;
  }
  for (const digest of digests) {
    const present = await inquiry.main.client.hasManifest(digest);
    if (present.kind !== "absent") continue;
    const results = verifyAll(candidatesOf(await askPlaces(digest, inquiry, inquiry.main)), digest, inquiry);
    if (satisfyingSigners(results, inquiry.watched.policy) !== null) return digest;
  }
  return null;
}
