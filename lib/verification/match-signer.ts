import { X509Certificate } from "node:crypto";
import type { RejectionReason } from "./candidate-result.ts";
import { describeKey, type TrustedKey } from "./load-public-key.ts";
import type { PolicyKey } from "./policy-keys.ts";
import { quoteText } from "./quote-text.ts";
import { isSignatureShaped } from "./signature-shape.ts";

/** Who the unsigned surroundings of a signature say made it. It never decides whom to trust, only how a failure is named. */
export type SignerClaim =
  | { readonly kind: "none" }
  | { readonly kind: "hint"; readonly hint: string }
  /** PEM text or DER bytes of the signing certificate. */
  | { readonly kind: "certificate"; readonly certificate: string | Uint8Array };

export type MatchedSigner =
  | { readonly kind: "matched"; readonly key: PolicyKey }
  | { readonly kind: "refused"; readonly reason: RejectionReason; readonly detail: string };

/**
 * Finds the key of the policy that made the signature, by trying all of them: hints and certificates are the attacker's to write.
 *
 * Without one the reason is `invalid-signature` only where that is proven (nobody's signature has this form; the key that is named,
 * by hint or certificate, is there and fails), `unverifiable` for a signature by the key of a certificate, else `unexpected-signer`.
 */
export function matchSigner(
  keys: readonly PolicyKey[],
  signature: Uint8Array,
  verifies: (key: TrustedKey) => boolean,
  claim: SignerClaim,
): MatchedSigner {
  const key = keys.find((candidate) => verifies(candidate.key));
  if (key) return { kind: "matched", key };
  if (!isSignatureShaped(signature))
    return refuse("invalid-signature", `${signature.length} bytes that are no signature of any supported key`);
  switch (claim.kind) {
    case "none":
      return refuse("unexpected-signer", "a signature that no configured key verifies");
    case "hint":
      return refuseByHint(keys, claim.hint);
    case "certificate":
      return refuseByCertificate(claim.certificate, verifies);
  }
}

function refuseByHint(keys: readonly PolicyKey[], hint: string): MatchedSigner {
  const named = keys.find(({ key }) => key.hint === hint);
  if (named) return refuse("invalid-signature", `a signature that names the key of ${named.signers[0]!.name} but does not verify with it`);
  return refuse("unexpected-signer", `a signature by the key ${quoteText(hint)}, which is not configured`);
}

function refuseByCertificate(encoded: string | Uint8Array, verifies: (key: TrustedKey) => boolean): MatchedSigner {
  let certificate: X509Certificate;
  let own: ReturnType<typeof describeKey>;
  try {
    certificate = new X509Certificate(encoded);
    own = describeKey(certificate.publicKey);
  } catch {
    return refuse("unverifiable", "a signature with a certificate that cannot be read");
  }
  const subject = quoteText(certificate.subjectAltName ?? certificate.subject);
  if (own.kind === "malformed") return refuse("unverifiable", `a signature by ${own.detail}, with a certificate for ${subject}`);
  if (!verifies(own.key))
    return refuse("invalid-signature", `a signature that does not verify with the certificate beside it, for ${subject}`);
  return refuse("unverifiable", `a signature by certificate (keyless) for ${subject}, which this version does not verify`);
}

function refuse(reason: RejectionReason, detail: string): MatchedSigner {
  return { kind: "refused", reason, detail };
}
