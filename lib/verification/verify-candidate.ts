import type { Candidate } from "../discovery/candidate.ts";
import type { CandidateResult } from "./candidate-result.ts";
import { reject, type Outcome, type VerificationContext } from "./outcome.ts";
import { verifyBundle } from "./verify-bundle.ts";
import { verifyDsseAttestation } from "./verify-dsse-attestation.ts";
import { verifySimpleSigning } from "./verify-simple-signing.ts";

/**
 * Finds out what one candidate is and who signed it: one result, or one a signature where an envelope carries several.
 *
 * Never throws for what the candidate holds. The keys are the policy's and nothing of the candidate is trusted;
 * its signed bytes must name the target, wherever it was found.
 */
export function verifyCandidate(candidate: Candidate, context: VerificationContext): CandidateResult[] {
  const outcomes = judgeForm(candidate, context);
  const { place, artifact, form } = candidate;
  return outcomes.map((outcome) => {
    const { evidence, predicateType, detail, ...rest } = candidate.foreignSubject ? misplace(outcome) : outcome;
    const common = { evidence, place, artifact, form, predicateType, detail };
    if (rest.kind !== "verified") return { ...common, ...rest };
    const signer = { signer: rest.signer, kind: "key", identity: rest.fingerprint, issuer: null, place, artifact, signedAt: null } as const;
    return { ...common, kind: "verified", signer };
  });
}

function judgeForm(candidate: Candidate, context: VerificationContext): Outcome[] {
  const { form, content, annotations } = candidate;
  if (form === "other") return [notEvidence("nothing", "no form of a signature")];
  if (form === "sbom") return [notEvidence("unsigned-attestation", "an SBOM, which is not signed by itself")];
  if (form === "unsigned-statement") return [notEvidence("unsigned-attestation", "a statement without a signature")];
  if (content.kind === "unusable")
    return [reject("unverifiable", content.detail, form === "dsse-attestation" ? "attestation" : "signature")];
  switch (form) {
    case "simple-signing":
      return [verifySimpleSigning(content.bytes, annotations, context)];
    case "sigstore-bundle":
      return verifyBundle(content.bytes, context);
    case "dsse-attestation":
      return verifyDsseAttestation(content.bytes, annotations, context);
    case "notation":
      return [reject("unverifiable", `a Notation signature (${notationEncoding(content.bytes)}), which this version does not verify`)];
    case "gpg":
      return [reject("unverifiable", "a GPG signature, which this version does not verify")];
  }
}

function notEvidence(evidence: "unsigned-attestation" | "nothing", detail: string): Outcome {
  return { kind: "not-evidence", evidence, predicateType: null, detail };
}

/** JWS is a JSON object, everything else that Notation stores is COSE. */
function notationEncoding(bytes: Uint8Array): string {
  return bytes[0] === "{".charCodeAt(0) ? "JWS" : "COSE";
}

/**
 * A manifest whose subject is another image is no evidence for this one: anybody may list it here.
 * Only if an allowed signer made it, somebody moved a real signature, which is worth telling.
 */
function misplace(outcome: Outcome): Outcome {
  const { evidence, predicateType } = outcome;
  const byAllowedSigner =
    outcome.kind === "verified" || outcome.kind === "trust-missing" || (outcome.kind === "rejected" && MADE_BY_SIGNER.has(outcome.reason));
  if (!byAllowedSigner) return notEvidence("nothing", "stored for another image: the subject of its manifest differs");
  const detail = `${outcome.detail}; stored for another image: the subject of its manifest differs`;
  return { kind: "rejected", reason: "wrong-digest", evidence, predicateType, detail };
}

/** Reasons that are given only after a key of the policy verified the signature. */
const MADE_BY_SIGNER: ReadonlySet<string> = new Set(["wrong-digest", "policy-unmet", "expired"]);
