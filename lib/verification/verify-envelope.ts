import { IN_TOTO } from "../oci/media-types.ts";
import type { EvidenceKind } from "./candidate-result.ts";
import { encodePreAuthentication, type DsseEnvelope } from "./dsse-envelope.ts";
import { judgeContent, type SignedContent } from "./judge-content.ts";
import { matchSigner, type SignerClaim } from "./match-signer.ts";
import { reject, type Outcome, type VerificationContext } from "./outcome.ts";
import { parseStatement, subjectsNaming, type ParsedStatement } from "./parse-statement.ts";
import { loadPolicyKeys } from "./policy-keys.ts";
import { quoteText } from "./quote-text.ts";
import { verifySignature } from "./verify-signature.ts";

/** The predicate type by which `cosign sign` says that the statement is a signature and no attestation. */
export const SIGNATURE_PREDICATE_TYPE = "https://sigstore.dev/cosign/sign/v1";

/** What lies around an envelope: who is said to have signed, whether a log entry is there, what it is where the statement does not say. */
export interface EnvelopeSurroundings {
  readonly claim: SignerClaim;
  readonly logged: boolean;
  readonly evidence: "signature" | "attestation";
}

/**
 * Verifies every signature of an envelope, one outcome each. The predicate type tells a signature from an attestation;
 * of a statement that nobody of the policy signed it is still what the evidence claims to be, but it is not reported.
 */
export function verifyEnvelope(envelope: DsseEnvelope, surroundings: EnvelopeSurroundings, context: VerificationContext): Outcome[] {
  const signed = encodePreAuthentication(envelope.payloadType, envelope.payload);
  const statement = parseStatement(envelope.payload);
  const evidence = evidenceOf(statement, surroundings.evidence);
  const keys = loadPolicyKeys(context.policy);
  return envelope.signatures.map((signature) => {
    if (signature === null || signature.length === 0)
      return reject("invalid-signature", "an envelope whose signature is not base64", evidence);
    const matched = matchSigner(keys, signature, (key) => verifySignature(key, signed, signature), surroundings.claim);
    if (matched.kind === "refused") return reject(matched.reason, matched.detail, evidence);
    const predicateType = statement.kind === "parsed" ? statement.statement.predicateType : null;
    const content = readContent(envelope.payloadType, statement, context);
    return judgeContent(matched.key, content, { evidence, predicateType, logged: surroundings.logged }, context);
  });
}

function evidenceOf(statement: ParsedStatement, otherwise: EvidenceKind): EvidenceKind {
  if (statement.kind === "malformed") return otherwise;
  return statement.statement.predicateType === SIGNATURE_PREDICATE_TYPE ? "signature" : "attestation";
}

function readContent(payloadType: string, parsed: ParsedStatement, context: VerificationContext): SignedContent {
  if (payloadType !== IN_TOTO)
    return { kind: "malformed", detail: `its payload is of type ${quoteText(payloadType)} and no in-toto statement` };
  if (parsed.kind === "malformed") return parsed;
  const { statement } = parsed;
  const matching = subjectsNaming(statement, context.target);
  const annotations = Object.assign(Object.create(null) as Record<string, unknown>, ...matching.map((subject) => subject.annotations));
  return { kind: "read", namesTarget: matching.length > 0, named: describeSubjects(statement.subjects), annotations };
}

function describeSubjects(subjects: readonly { readonly digests: Readonly<Record<string, unknown>> }[]): string {
  const [algorithm, hex] = Object.entries(subjects[0]?.digests ?? {})[0] ?? ["no digest", ""];
  const first = quoteText(`${algorithm}:${String(hex)}`);
  return subjects.length === 1 ? first : `${first} and ${subjects.length - 1} more`;
}
