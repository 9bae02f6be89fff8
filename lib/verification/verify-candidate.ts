import type { Candidate } from "../discovery/candidate.ts";
import type { LetGo } from "../discovery/reply.ts";
import { findSigners } from "./find-signers.ts";
import { judgeContent } from "./judge-content.ts";
import type { CandidateResult, Outcome } from "./candidate-result.ts";
import type { VerificationContext } from "./verification-context.ts";
import { FORM_READERS, readEvidence } from "./form/forms.ts";
import type { EvidenceItem, UnusableItem } from "./form/read-evidence.ts";

type Judge = (candidate: Candidate, context: VerificationContext) => readonly Outcome[];

/**
 * Finds out what one candidate is and who signed it. It gives one result, or one for each signature if an envelope carries several.
 *
 * Never throws for what the candidate holds. Keys, roots and identities are the policy's and nothing of the candidate is trusted;
 * its signed bytes must name the target, wherever it was found.
 */
export function verifyCandidate(candidate: Candidate, context: VerificationContext, judge: Judge = judgeCandidate): CandidateResult[] {
  const outcomes = judgeOnce(candidate, context, judge);
  const { place, artifact, form } = candidate;
  return outcomes.map((outcome): CandidateResult => {
    const placed = candidate.foreignSubject ? misplace(outcome) : outcome;
    const { evidence, predicateType, claimedPredicateType = null, detail, proof, ...rest } = placed;
    const claimed = claimedPredicateType === null ? {} : { claimedPredicateType };
    const common = { evidence, place, artifact, form, predicateType, detail, proof, ...claimed };
    if (rest.kind === "verified") return { ...common, ...rest, signer: { ...rest.signer, place, artifact } };
    return rest.kind === "rejected" ? { ...common, kind: "rejected", reason: rest.reason } : { ...common, ...rest };
  });
}

/** Says what was made of a candidate when its bytes were at hand, or judges it if they still are. */
function judgeOnce(candidate: Candidate, context: VerificationContext, judge: Judge): readonly Outcome[] {
  const known = candidate.mark === undefined ? null : context.memo.recall(candidate.mark, context);
  if (known !== null) return known;
  const { content } = candidate;
  return content.kind === "judged" ? [notKept(content)] : judge(candidate, context);
}

/** Its bytes might have been what this policy asks for, and nobody has them any more. */
function notKept({ evidence, predicateType, detail }: LetGo): Outcome {
  const missing = `what was found there was not kept (${detail})`;
  return { kind: "trust-missing", code: "not-recorded", evidence, predicateType, proof: null, detail: missing };
}

/** Judges a candidate, whose bytes are at hand, without its place. Never throws for what the candidate holds. */
export function judgeCandidate(candidate: Candidate, context: VerificationContext): Outcome[] {
  const reader = FORM_READERS[candidate.form];
  if (reader.kind === "unsigned") return [notEvidence(reader.evidence, reader.detail)];
  const read = context.memo.read(candidate, context.target, () => readEvidence(candidate, context));
  return read.kind === "unusable" ? [reject(read)] : read.items.map((item) => ("kind" in item ? reject(item) : judgeItem(item, context)));
}

function judgeItem(item: EvidenceItem, context: VerificationContext): Outcome {
  const search = findSigners(item.evidence, context);
  const { evidence } = item.evidence;
  switch (search.kind) {
    case "found":
      return judgeContent(search, item, context);
    case "trust-missing":
      // Missing material matters only if the signed bytes are for the target.
      return item.couldName(context.target)
        ? { kind: "trust-missing", evidence, predicateType: item.predicateType, proof: null, code: search.code, detail: search.detail }
        : reject({ kind: "unusable", evidence, reason: "unverifiable", detail: `${search.detail}; and it is not for ${context.target}` });
    case "refused":
      return {
        kind: "rejected",
        evidence,
        predicateType: null,
        claimedPredicateType: evidence === "attestation" ? item.predicateType : null,
        proof: search.proof,
        reason: search.reason,
        bySigner: search.bySigner,
        detail: search.detail,
      };
  }
}

/** Rejects evidence whose payload nobody vouches for, so that nothing of it is reported. */
function reject({ evidence, reason, detail }: UnusableItem): Outcome {
  return { kind: "rejected", evidence, predicateType: null, proof: null, reason, detail, bySigner: false };
}

function notEvidence(evidence: "unsigned-attestation" | "nothing", detail: string): Outcome {
  return { kind: "not-evidence", evidence, predicateType: null, proof: null, detail };
}

/**
 * A manifest whose subject is another image is no evidence for this one, because anybody may list it here. But if an allowed signer made
 * it, somebody moved a real signature, which is worth telling.
 */
function misplace(outcome: Outcome): Outcome {
  const { evidence, predicateType, proof } = outcome;
  const bySigner = outcome.kind === "verified" || (outcome.kind === "rejected" && outcome.bySigner);
  if (!bySigner) return notEvidence("nothing", "stored for another image: the subject of its manifest differs");
  const detail = `${outcome.detail}; stored for another image: the subject of its manifest differs`;
  return { kind: "rejected", reason: "wrong-digest", evidence, predicateType, proof, detail, bySigner };
}
