import type { Candidate } from "../../../discovery/candidate.ts";
import { readEvidence } from "../../../verification/form/forms.ts";
import type { Outcome } from "../../../verification/candidate-result.ts";
import type { VerificationContext } from "../../../verification/verification-context.ts";
import { judgeCandidate } from "../../../verification/verify-candidate.ts";

/** Judges a candidate, which a stranger may have written. If that reveals a fault of ours, only its release is unknown. */
export function judgeGuarded(candidate: Candidate, context: VerificationContext): readonly Outcome[] {
  try {
    return judgeCandidate(candidate, context);
  } catch (error) {
    const detail = `it could not be judged, which is a fault of Sealwatch: ${error instanceof Error ? error.message : String(error)}`;
    const evidence = context.policy.accept[0] ?? "signature";
    return [{ kind: "trust-missing", code: "internal", evidence, predicateType: null, proof: null, detail }];
  }
}

/**
 * Returns what tells a verified signature from another: who signed, and what. Copies of it, with whatever else around them, are the same.
 * Null if it is not verified for the target.
 */
export function signatureOf(outcome: Outcome, candidate: Candidate, context: VerificationContext): string | null {
  if (outcome.kind !== "verified") return null;
  const read = context.memo.read(candidate, context.target, () => readEvidence(candidate, context));
  const payloads =
    read.kind === "read" ? read.items.flatMap((item) => ("kind" in item ? [] : (item.evidence.envelope?.payload ?? []))) : [];
  return `${outcome.signer.identity} ${payloads[0] ?? candidate.layer}`;
}
