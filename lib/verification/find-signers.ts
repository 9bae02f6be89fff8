import { REJECTION_REASONS } from "./candidate-result.ts";
import { describeSubject, parseCertificate } from "./certificate/parse-certificate.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import { findCertificateSigners } from "./find-certificate-signers.ts";
import { findKeySigners } from "./key/find-key-signers.ts";
import { findKeylessSigners } from "./find-keyless-signers.ts";
import { readIdentity } from "./identity/certificate-identity.ts";
import type { VerificationContext } from "./verification-context.ts";
import { quoteText } from "./quote-text.ts";
import { refuse, type Refusal, type SignerSearch } from "./signer-search.ts";
import { verifySigned } from "./key/verify-signed.ts";

/** What is said of a signature without a certificate. Only a key could tell whose it is. */
export const NO_KEY_VERIFIES = "a signature that no configured key verifies";

/**
 * Finds who of the policy made a signature. Keys come first, because they need nothing that lies beside it; then the certificate, under
 * every root and own PKI that the policy names. Of several refusals, the most telling is given. Missing material comes before all of them,
 * because with it the answer might be another.
 */
export function findSigners(evidence: SignatureEvidence, context: VerificationContext): SignerSearch {
  const byKey = findKeySigners(evidence, context);
  if (byKey !== null) return byKey;
  if (evidence.claim.kind !== "certificate") return refuse("unexpected-signer", NO_KEY_VERIFIES);
  const { certificate } = evidence.claim;
  const searches = [...findKeylessSigners(evidence, certificate, context), ...findCertificateSigners(evidence, certificate, context)];
  const found = searches.filter((search) => search.kind === "found");
  if (found.length > 0) return { ...found[0]!, entries: found.flatMap(({ entries }) => entries) };
  const missing = searches.find((search) => search.kind === "trust-missing");
  if (missing) return missing;
  const refusals = searches.filter((search): search is Refusal => search.kind === "refused");
  return refusals.toSorted(byReason)[0] ?? refuseStranger(evidence, certificate);
}

function byReason(left: Refusal, right: Refusal): number {
  return REJECTION_REASONS.indexOf(left.reason) - REJECTION_REASONS.indexOf(right.reason);
}

/** Refuses a signature by certificate if the policy names keys only. */
function refuseStranger(evidence: SignatureEvidence, encoded: string | Uint8Array): Refusal {
  const certificate = parseCertificate(encoded);
  if (certificate === null) return refuse("unverifiable", "a signature with a certificate that cannot be read");
  const { key } = certificate;
  const identity = readIdentity(certificate);
  const whom = quoteText("kind" in identity ? describeSubject(certificate) : identity.subjects[0]);
  if (key.kind === "malformed") return refuse("unverifiable", `a signature by ${key.detail}, with a certificate for ${whom}`);
  if (verifySigned(key.key, evidence.signed, evidence.signature) === "refused")
    return refuse("invalid-signature", `a signature that does not verify with the certificate beside it, for ${whom}`);
  return refuse("unexpected-signer", `a signature by certificate (keyless) for ${whom}; the policy names no signer by certificate`);
}
