import type { PlaceAnswer } from "../../discovery/candidate.ts";
import type { UnsignedReason, Verdict, VerdictWord } from "../../history/verdict.ts";
import { REJECTION_REASONS, type CandidateResult, type RejectionReason, type VerifiedSigner } from "../../verification/candidate-result.ts";
import { isBuilder, isPredicate, isSource } from "../../verification/form/provenance.ts";
import type { Failure } from "../../registry/answer.ts";
import { originOf, type FailureOrigin } from "../../registry/origin-of-failure.ts";
import type { Policy } from "../../watchlist/watch-list.ts";
import { missingInCache } from "./missing-in-cache.ts";
import { countSigners, type Verified } from "./count-signers.ts";

/** Everything that was learned about one target digest. */
export interface TargetFacts {
  readonly answers: readonly PlaceAnswer[];
  readonly results: readonly CandidateResult[];
  /** The platform of this index that is signed although the index is not, or null. */
  readonly signedPlatform: string | null;
  /** A signed digest that no longer exists, or null. */
  readonly orphan: string | null;
}

export interface DecisionContext {
  readonly policy: Policy;
  /** What the policy or the watch list asks for but this version cannot judge, in words. */
  readonly unsupported: readonly string[];
  /** The repository, or that of its signatures, if it is a cache: what it does not have is not proven absent. Null if none is. */
  readonly cache: string | null;
  /** Whether the release is eligible for a grace period, and still within it. */
  readonly withinGrace: boolean;
}

/**
 * Returns the policy's signers whose accepted evidence verified, or null if they are fewer than its threshold or a required attestation is
 * missing. One key counts once, however often it is listed or has signed.
 */
export function satisfyingSigners(results: readonly CandidateResult[], policy: Policy): readonly VerifiedSigner[] | null {
  return missingAttestations(results, policy).length > 0 ? null : enoughSigners(results, policy);
}

/**
 * Decides the verdict on one target by the first matching row of the table in architecture section 4.
 * It is pure and does not depend on the order of answers and results, so that junk never lowers a verdict.
 */
export function decideTarget(facts: TargetFacts, context: DecisionContext): Verdict {
  const { policy } = context;
  const signers = satisfyingSigners(facts.results, policy);
  if (signers !== null) return { verdict: "signed", reason: null, explanation: explainSigned(signers), signers };
  return doubtAbsence(
    decideUnknown(facts, context) ??
      decideUntrusted(facts.results, policy) ??
      (context.withinGrace
        ? {
            verdict: "pending",
            reason: "within-grace",
            explanation: "No signature yet, and first seen less than the grace period ago",
            signers: [],
          }
        : decideUnsigned(facts)),
    context.cache,
  );
}

/** What an untrusted release lacks. The others say what is wrong with a signature that is there. */
const LACKS: ReadonlySet<string> = new Set<RejectionReason>(["threshold-unmet", "missing-attestation"]);

/** Turns a verdict that rests on what is not there into `unknown` if a cache said so (architecture section 3). */
function doubtAbsence(verdict: Verdict, cache: string | null): Verdict {
  const restsOnAbsence = verdict.verdict === "unsigned" || (verdict.verdict === "untrusted" && LACKS.has(verdict.reason));
  if (cache === null || !restsOnAbsence) return verdict;
  const { code, detail } = missingInCache(cache);
  return { verdict: "unknown", reason: code, explanation: `No signature that satisfies was found, but ${detail}`, signers: [] };
}

const WORST_FIRST: readonly VerdictWord[] = ["unsigned", "untrusted", "unknown", "pending", "signed"];

/** Decides the verdict on a release: the worst of its targets' counts. A signed release names the signers of all of them. */
export function decideRelease(verdicts: readonly Verdict[]): Verdict {
  const worst = verdicts.toSorted((left, right) => WORST_FIRST.indexOf(left.verdict) - WORST_FIRST.indexOf(right.verdict))[0];
  if (worst === undefined) {
    return { verdict: "untrusted", reason: "unverifiable", explanation: "The image has no platform that could be signed", signers: [] };
  }
  if (worst.verdict !== "signed") return worst;
  const signers = verdicts.flatMap((verdict) => [...verdict.signers]);
  return { ...worst, signers, explanation: explainSigned(signers) };
}

function enoughSigners(results: readonly CandidateResult[], policy: Policy): readonly VerifiedSigner[] | null {
  const accepted = results.filter((result): result is Verified => result.kind === "verified" && isAccepted(result, policy));
  return countSigners(accepted) >= policy.threshold ? acceptedSigners(accepted) : null;
}

function acceptedSigners(accepted: readonly Verified[]): VerifiedSigner[] {
  const signers = new Map<string, VerifiedSigner>();
  for (const { signer } of accepted) signers.set(`${signer.signer}\n${signer.identity}\n${signer.place}\n${signer.artifact}`, signer);
  return [...signers.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, signer]) => signer);
}

/** Lists, in words, what `require` asks for but no signer of the policy attested. */
function missingAttestations(results: readonly CandidateResult[], policy: Policy): string[] {
  const attested = results.filter((result): result is Verified => result.kind === "verified" && result.evidence === "attestation");
  return policy.require.flatMap(({ predicate, builder, source }) => {
    const meets = ({ predicateType, provenance }: Verified): boolean =>
      isPredicate(predicateType, predicate) &&
      (builder === null || (provenance !== null && isBuilder(provenance, builder))) &&
      (source === null || (provenance !== null && isSource(provenance, source)));
    if (attested.some(meets)) return [];
    const near = attested.find(({ predicateType }) => isPredicate(predicateType, predicate))?.provenance;
    const wanted = [...(builder === null ? [] : [`builder ${builder}`]), ...(source === null ? [] : [`source ${source}`])].join(" and ");
    const found = near ? ` (found builder ${near.builder ?? "none"}, source ${near.source ?? "none"})` : "";
    return [`${predicate}${wanted === "" ? "" : ` with ${wanted}`}${found}`];
  });
}

function isAccepted(result: CandidateResult, policy: Policy): boolean {
  return (result.evidence === "signature" || result.evidence === "attestation") && policy.accept.includes(result.evidence);
}

function decideUnknown(facts: TargetFacts, context: DecisionContext): Verdict | null {
  const unread = facts.answers.find((answer) => answer.kind === "found" && answer.unread > 0);
  if (unread) {
    const explanation = `More things that look like signatures are attached than may be read, and none of those read satisfies (${unread.detail})`;
    return { verdict: "unknown", reason: "evidence-flooded", explanation, signers: [], hiddenBy: "content" };
  }
  const answer = worstFailed(facts.answers);
  if (answer !== null) {
    const { code, detail, attempts } = answer.failure;
    const explanation = `${answer.place} could not be read: ${detail}${attempts > 1 ? `, after ${attempts} tries` : ""}`;
    return { verdict: "unknown", reason: code, explanation, signers: [], ...hiddenByFailure(answer.failure) };
  }
  const missing = facts.results.find((result) => result.kind === "trust-missing" && couldCount(result, context.policy));
  if (missing) return { verdict: "unknown", reason: "trust-missing", explanation: missing.detail, signers: [] };
  const { unsupported } = context;
  if (unsupported.length > 0) {
    const explanation = `This version cannot judge ${unsupported.join(", ")}`;
    return { verdict: "unknown", reason: "unsupported-place", explanation, signers: [] };
  }
  return null;
}

/** Content that hides the verdict is named before weather: it is somebody's doing, and it stays. */
function worstFailed(answers: readonly PlaceAnswer[]): Extract<PlaceAnswer, { kind: "failed" }> | null {
  const failed = answers.filter((answer) => answer.kind === "failed");
  const ranked = failed.toSorted((left, right) => RANK[originOf(left.failure)] - RANK[originOf(right.failure)]);
  return ranked[0] ?? null;
}

const RANK: Readonly<Record<FailureOrigin, number>> = { content: 0, doubtful: 1, weather: 2 };

/** The member `hiddenBy` of an unknown verdict. */
export function hiddenByFailure(failure: Failure): { readonly hiddenBy?: Exclude<FailureOrigin, "weather"> } {
  const origin = originOf(failure);
  return origin === "weather" ? {} : { hiddenBy: origin };
}

/** Reports whether a result that could not be verified might have been what the policy asks for. */
function couldCount(result: CandidateResult, policy: Policy): boolean {
  return isAccepted(result, policy) || policy.require.some(({ predicate }) => isPredicate(result.predicateType, predicate));
}

function decideUntrusted(results: readonly CandidateResult[], policy: Policy): Verdict | null {
  const claims = results.filter((result) => result.evidence === "signature" || isAccepted(result, policy));
  const accepted = claims.filter((result): result is Verified => result.kind === "verified" && isAccepted(result, policy));
  const short = countSigners(accepted) < policy.threshold;
  const judged = claims.flatMap((result): { reason: RejectionReason; detail: string }[] => {
    if (result.kind === "rejected") return [{ reason: result.reason, detail: result.detail }];
    if (result.kind !== "verified") return [];
    if (!isAccepted(result, policy))
      return [{ reason: "missing-attestation", detail: "a signature is there, but the policy accepts attestations only" }];
    if (!short) return [];
    return [
      { reason: "threshold-unmet", detail: `signed by ${result.signer.signer}; the policy asks for ${policy.threshold} different signers` },
    ];
  });
  if (!short) judged.push(...missingAttestations(results, policy).map((missing) => missingAttestation(accepted[0]!, missing)));
  const best = judged.toSorted(byReason)[0];
  if (best === undefined) return null;
  return {
    verdict: "untrusted",
    reason: best.reason,
    explanation: `No signature satisfies the policy: ${best.detail}`,
    signers: acceptedSigners(accepted),
  };
}

function missingAttestation({ signer }: Verified, missing: string): { reason: RejectionReason; detail: string } {
  return { reason: "missing-attestation", detail: `signed by ${signer.signer}, but without the attestation ${missing}` };
}

function byReason(left: { reason: RejectionReason; detail: string }, right: { reason: RejectionReason; detail: string }): number {
  const order = REJECTION_REASONS.indexOf(left.reason) - REJECTION_REASONS.indexOf(right.reason);
  return order !== 0 ? order : left.detail < right.detail ? -1 : 1;
}

function decideUnsigned(facts: TargetFacts): Verdict {
  const [reason, explanation] = explainUnsigned(facts);
  return { verdict: "unsigned", reason, explanation, signers: [] };
}

function explainUnsigned(facts: TargetFacts): [UnsignedReason, string] {
  if (facts.signedPlatform !== null)
    return ["only-on-platform", `The tagged index carries no signature, but its platform ${facts.signedPlatform} does`];
  if (facts.orphan !== null) return ["orphaned", `No signature, but ${facts.orphan}, which no longer exists, is signed`];
  const attestation = facts.results.find(
    (result) => result.evidence === "attestation" && !(result.kind === "rejected" && result.reason === "invalid-signature"),
  );
  if (attestation)
    return [
      "only-attestation",
      `No signature, only an attestation${attestation.predicateType === null ? "" : ` (${attestation.predicateType})`}`,
    ];
  if (facts.results.some((result) => result.evidence === "unsigned-attestation")) {
    return ["only-unsigned-attestation", "No signature, only statements that nobody signed"];
  }
  return ["nothing-found", "No signature: every place answered, none holds one"];
}

function explainSigned(signers: readonly VerifiedSigner[]): string {
  const names = [...new Set(signers.map((signer) => signer.signer))];
  const places = [...new Set(signers.map((signer) => signer.place))];
  return `Signed by ${names.join(" and ")} (${places.join(", ")})`;
}
