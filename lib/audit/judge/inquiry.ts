import type { Digest } from "../../oci/digest.ts";
import type { Candidate, GivenAnswer, PlaceAnswer } from "../../discovery/candidate.ts";
import type { OpenedPlaces } from "../../discovery/open-places.ts";
import type { Circle, PlaceQuestion } from "../../discovery/place.ts";
import type { PlaceName } from "../../discovery/places.ts";
import type { SearchedRepository } from "../../discovery/searched-repository.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import type { VerificationContext } from "../../verification/outcome.ts";
import type { FindMaterial } from "../../verification/trust/trust-material.ts";
import type { VerificationMemo } from "../../verification/verification-memo.ts";
import { verifyCandidate } from "../../verification/verify-candidate.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";

/** What is asked about one target, and how thoroughly. */
export interface Inquiry {
  readonly watched: WatchedRepository;
  /** The tags under which the target is judged. Identities may name one of them. */
  readonly names: readonly string[];
  readonly trust: FindMaterial;
  readonly memo: VerificationMemo;
  readonly main: SearchedRepository;
  readonly places: OpenedPlaces;
  /** The repository, or that of its signatures, if it is a cache of another registry; or null. */
  readonly cache: string | null;
  readonly recorded: ReadonlySet<Digest>;
  /** Those of them that the registry itself called absent on an earlier night. */
  readonly gone: ReadonlySet<Digest>;
  readonly recordedPlaces: ReadonlySet<PlaceName>;
  /** Whether this digest was never called unsigned. Before it is, its places are asked directly. */
  readonly firstTime: boolean;
  /** Whether every place is asked even if the policy is satisfied, because somebody wants to see them all. */
  readonly everything: boolean;
  /** Whether the diagnosing places are asked if nothing satisfies the policy. */
  readonly diagnose: boolean;
  readonly orphans: Orphans;
  readonly now: number;
  readonly firstSeen: number;
}

/** Signed digests of a repository that no longer exist there. */
export interface Orphans {
  /** Finds the first orphan whose signature satisfies the inquiry's policy, or null. It is looked for once for each policy and run. */
  find(inquiry: Inquiry): Promise<Digest | null>;
}

/** The part of an inquiry that verification needs. Nothing of it reaches a registry. */
type Verification = Pick<Inquiry, "names" | "trust" | "memo" | "now" | "firstSeen"> & {
  readonly watched: Pick<WatchedRepository, "policy">;
};

/** Verifies candidates of one target under the inquiry's policy. */
export function verifyAll(candidates: readonly Candidate[], target: Digest, inquiry: Verification): CandidateResult[] {
  const { watched, names, trust, memo, now, firstSeen } = inquiry;
  const context = { target, artifact: null, names, trust, memo, policy: watched.policy, now, firstSeen };
  return candidates.flatMap((candidate) => verifyGuarded(candidate, context));
}

/** Verifies a candidate, which a stranger may have written. If that reveals a fault of ours, only its release is unknown. */
function verifyGuarded(candidate: Candidate, context: VerificationContext): CandidateResult[] {
  try {
    return verifyCandidate(candidate, context);
  } catch (error) {
    const { place, artifact, form } = candidate;
    const detail = `it could not be judged, which is a fault of Sealwatch: ${error instanceof Error ? error.message : String(error)}`;
    const common = { place, artifact, form, evidence: context.policy.accept[0] ?? "signature", predicateType: null, proof: null } as const;
    return [{ ...common, kind: "trust-missing", code: "internal", detail }];
  }
}

/** Returns the question for a place about a digest in one circle. `before` is what the place answered in earlier circles. */
export function questionFor(
  place: PlaceName,
  target: Digest,
  circle: Circle,
  { recorded, gone, recordedPlaces, watched }: Inquiry,
  before: GivenAnswer["kind"] | null,
): PlaceQuestion {
  const { accept, require } = watched.policy;
  const attested = accept.includes("attestation") || require.length > 0;
  return { target, circle, attested, recorded, gone, held: recordedPlaces.has(place), before };
}

/** Returns the candidates of all answers, including those that failed after some were read. */
export function candidatesOf(answers: readonly PlaceAnswer[]): Candidate[] {
  return answers.flatMap((answer) => (answer.kind === "found" || answer.kind === "failed" ? [...answer.candidates] : []));
}
