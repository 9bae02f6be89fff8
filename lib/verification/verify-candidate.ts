import type { Candidate } from "../discovery/candidate.ts";
import type { CandidateResult } from "./candidate-result.ts";
import { findSigners } from "./find-signers.ts";
import { judgeContent } from "./judge-content.ts";
import type { Outcome, VerificationContext } from "./outcome.ts";
import { readBundle } from "./form/read-bundle.ts";
import { readDsseLayer } from "./form/read-envelope.ts";
import type { EvidenceItem, ReadEvidence, UnusableItem } from "./form/read-evidence.ts";
import { readSimpleSigning } from "./form/read-simple-signing.ts";

/**
 * Finds out what one candidate is and who signed it: one result, or one a signature where an envelope carries several.
 *
 * Never throws for what the candidate holds. Keys, roots and identities are the policy's and nothing of the candidate is trusted;
 * its signed bytes must name the target, wherever it was found.
 */
export function verifyCandidate(candidate: Candidate, context: VerificationContext): CandidateResult[] {
  const outcomes = judgeForm(candidate, context);
  const { place, artifact, form } = candidate;
  return outcomes.map((outcome): CandidateResult => {
    const {
      evidence,
      predicateType,
      claimedPredicateType = null,
      detail,
      proof,
      ...rest
    } = candidate.foreignSubject ? misplace(outcome) : outcome;
    const claimed = claimedPredicateType === null ? {} : { claimedPredicateType };
    const common = { evidence, place, artifact, form, predicateType, detail, proof, ...claimed };
    switch (rest.kind) {
      case "verified":
        return {
          ...common,
          kind: "verified",
          signer: { ...rest.signer, place, artifact },
          entries: rest.entries,
          provenance: rest.provenance,
        };
      case "rejected":
        return { ...common, kind: "rejected", reason: rest.reason };
      default:
        return { ...common, ...rest };
    }
  });
}

function judgeForm(candidate: Candidate, context: VerificationContext): Outcome[] {
  const { form, content } = candidate;
  if (form === "other") return [notEvidence("nothing", "no form of a signature")];
  if (form === "sbom") return [notEvidence("unsigned-attestation", "an SBOM, which is not signed by itself")];
  if (form === "unsigned-statement") return [notEvidence("unsigned-attestation", "a statement without a signature")];
  const unverifiable = (detail: string): Outcome[] => [
    reject({ kind: "unusable", evidence: form === "dsse-attestation" ? "attestation" : "signature", reason: "unverifiable", detail }),
  ];
  if (content.kind === "unusable") return unverifiable(content.detail);
  if (form === "notation")
    return unverifiable(`a Notation signature (${notationEncoding(content.bytes)}), which this version does not verify`);
  if (form === "gpg") return unverifiable("a GPG signature, which this version does not verify");
  const read = context.memo.read(candidate, context.target, () => readEvidence(candidate, context));
  return read.kind === "unusable" ? [reject(read)] : read.items.map((item) => ("kind" in item ? reject(item) : judgeItem(item, context)));
}

/** The signatures of a candidate of a form that is read; of any other, none. */
export function readEvidence(
  { form, content, annotations }: Candidate,
  { target, artifact }: Pick<VerificationContext, "target" | "artifact">,
): ReadEvidence {
  if (content.kind === "unusable") return { kind: "unusable", evidence: "signature", reason: "unverifiable", detail: content.detail };
  switch (form) {
    case "simple-signing":
      return readSimpleSigning(content.bytes, annotations);
    case "sigstore-bundle":
      return readBundle(content.bytes, target, artifact);
    case "dsse-attestation":
      return readDsseLayer(content.bytes, annotations);
    default:
      return { kind: "read", items: [] };
  }
}

function judgeItem(item: EvidenceItem, context: VerificationContext): Outcome {
  const search = findSigners(item.evidence, context);
  const { evidence } = item.evidence;
  switch (search.kind) {
    case "found":
      return judgeContent(search, item, context);
    case "trust-missing":
      return couldCount(item, context)
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

/** Material that is missing matters only where the signed bytes are for the target. */
function couldCount(item: EvidenceItem, { target }: VerificationContext): boolean {
  const content = item.content(target);
  return content.kind === "read" && content.namesTarget;
}

/** A rejection whose payload nobody vouches for, so that nothing of it is reported. */
function reject({ evidence, reason, detail }: UnusableItem): Outcome {
  return { kind: "rejected", evidence, predicateType: null, proof: null, reason, detail, bySigner: false };
}

function notEvidence(evidence: "unsigned-attestation" | "nothing", detail: string): Outcome {
  return { kind: "not-evidence", evidence, predicateType: null, proof: null, detail };
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
  const { evidence, predicateType, proof } = outcome;
  const bySigner = outcome.kind === "verified" || (outcome.kind === "rejected" && outcome.bySigner);
  if (!bySigner) return notEvidence("nothing", "stored for another image: the subject of its manifest differs");
  const detail = `${outcome.detail}; stored for another image: the subject of its manifest differs`;
  return { kind: "rejected", reason: "wrong-digest", evidence, predicateType, proof, detail, bySigner };
}
