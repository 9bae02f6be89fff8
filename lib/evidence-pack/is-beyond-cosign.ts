import { constants, verify } from "node:crypto";
import type { Candidate } from "../discovery/candidate.ts";
import type { Digest } from "../oci/digest.ts";
import { loadPublicKey, type TrustedKey } from "../verification/key/load-public-key.ts";
import type { SignedBytes } from "../verification/form/evidence.ts";
import { readEvidence } from "../verification/form/forms.ts";
import { verifySigned } from "../verification/key/verify-signed.ts";

/**
 * Reports whether a key made the signature in a way that cosign verifies only with a key service (RSA-PSS) or a log entry (Ed25519ph). An
 * invalid signature is not beyond cosign: cosign must report it. Pure.
 */
export function isBeyondCosign(candidate: Candidate, target: Digest, pem: string): boolean {
  const loaded = loadPublicKey(pem);
  const read = readEvidence(candidate, { target, artifact: null });
  if (loaded.kind === "malformed" || read.kind === "unusable") return false;
  const items = read.items.flatMap((item) => ("kind" in item ? [] : [item.evidence]));
  const verified = items.filter(({ signed, signature }) => verifySigned(loaded.key, signed, signature) === "verified");
  return verified.length > 0 && verified.every(({ signed, signature }) => !isPlain(loaded.key, signed, signature));
}

function isPlain({ algorithm, keyObject }: TrustedKey, signed: SignedBytes, signature: Uint8Array): boolean {
  if (signed.kind === "digest") return true;
  const { bytes } = signed;
  if (algorithm === "ed25519") return verify(null, bytes, keyObject, signature);
  if (algorithm !== "rsa") return true;
  const key = { key: keyObject, padding: constants.RSA_PKCS1_PADDING };
  return ["sha256", "sha384", "sha512"].some((hash) => verify(hash, bytes, key, signature));
}
