import type { Digest } from "../../oci/digest.ts";
import type { Candidate, GivenAnswer, PlaceAnswer } from "../../discovery/candidate.ts";
import type { Desk } from "../../discovery/desk.ts";
import type { OpenedPlaces } from "../../discovery/open-places.ts";
import type { Circle, PlaceQuestion } from "../../discovery/place.ts";
import type { PlaceName } from "../../discovery/places.ts";
import type { SearchedRepository } from "../../discovery/searched-repository.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import type { VerificationContext } from "../../verification/verification-context.ts";
import type { FindMaterial } from "../../verification/trust/trust-material.ts";
import type { VerificationMemo } from "../../verification/verification-memo.ts";
import { verifyCandidate } from "../../verification/verify-candidate.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import { JudgesDesk, newReleaseAllowance, type DeskParts, type ReleaseAllowance } from "./candidate/desk.ts";
import { judgeGuarded } from "./candidate/judge-candidate.ts";

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
  /** Those of them that were verified. */
  readonly verified: ReadonlySet<Digest>;
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
  /** What else candidates are judged under while their bytes are at hand, because it will be asked. Absent if nothing will. */
  readonly past?: readonly PastQuestion[];
  /** As for a desk. Absent if no evidence is kept. */
  readonly keepNow?: DeskParts["keepNow"];
  readonly largeBytes?: number | undefined;
}

/** A policy of an earlier night, with its roots and what `{tag}` stood for. */
export type PastQuestion = Pick<VerificationContext, "policy" | "trust" | "names">;

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
  const context = contextOf(target, inquiry);
  return candidates.flatMap((candidate) => verifyCandidate(candidate, context, judgeGuarded));
}

function contextOf(target: Digest, { watched, names, trust, memo, now, firstSeen }: Verification): VerificationContext {
  return { target, artifact: null, names, trust, memo, policy: watched.policy, now, firstSeen };
}

/** The desks of a release, which share what it may cost. */
interface Desks {
  readonly allowance: ReleaseAllowance;
  readonly byTarget: Map<Digest, Desk>;
}

const DESKS = new WeakMap<VerificationMemo, Desks>();

/** Returns the desk of a target. All places and circles of a release have their candidates judged there. */
function deskOf(target: Digest, inquiry: Inquiry): Desk {
  const { memo, past = [], keepNow = null, largeBytes } = inquiry;
  const desks = DESKS.get(memo) ?? { allowance: newReleaseAllowance(largeBytes), byTarget: new Map<Digest, Desk>() };
  DESKS.set(memo, desks);
  const { allowance, byTarget } = desks;
  const context = contextOf(target, inquiry);
  const contexts = [context, ...past.map((question) => ({ ...context, ...question }))] as const;
  const desk = byTarget.get(target) ?? new JudgesDesk(target, { contexts, keepNow, allowance });
  byTarget.set(target, desk);
  return desk;
}

/** Returns the question for a place about a digest in one circle. `before` is what the place answered in earlier circles. */
export function questionFor(
  place: PlaceName,
  target: Digest,
  circle: Circle,
  inquiry: Inquiry,
  before: GivenAnswer["kind"] | null,
): PlaceQuestion {
  const { recorded, verified, gone, recordedPlaces, watched } = inquiry;
  const { accept, require } = watched.policy;
  const attested = accept.includes("attestation") || require.length > 0;
  const desk = deskOf(target, inquiry);
  return { target, circle, attested, recorded, verified, gone, desk, held: recordedPlaces.has(place), before };
}

/** Returns the candidates of all answers, including those that failed after some were read. */
export function candidatesOf(answers: readonly PlaceAnswer[]): Candidate[] {
  return answers.flatMap((answer) => (answer.kind === "found" || answer.kind === "failed" ? [...answer.candidates] : []));
}
