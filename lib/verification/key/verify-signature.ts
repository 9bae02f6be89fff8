import { constants, verify } from "node:crypto";
import type { KeyAlgorithm, TrustedKey } from "./load-public-key.ts";
import { isEcdsaDer } from "./signature-shape.ts";

/**
 * Digests that cosign and the key services behind it sign with. `cosign sign --key` takes SHA-256 for every curve,
 * `--signing-algorithm` and key services the one that fits the curve.
 */
const HASHES: Readonly<Record<Exclude<KeyAlgorithm, "ed25519">, readonly string[]>> = {
  "ecdsa-p256": ["sha256"],
  "ecdsa-p384": ["sha384", "sha256"],
  "ecdsa-p521": ["sha512", "sha256"],
  rsa: ["sha256", "sha384", "sha512"],
};

/** PKCS #1 v1.5 is cosign's own; PSS comes from keys in key services (sigstore/pkg/signature/kms). */
const RSA_PADDINGS = [constants.RSA_PKCS1_PADDING, constants.RSA_PKCS1_PSS_PADDING];

/**
 * Reports whether the key made the signature over exactly these bytes. ECDSA must be DER; Ed25519 is the pure variant. Never throws: bytes
 * that the cryptography refuses to look at are no signature.
 */
export function verifySignature(key: TrustedKey, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifyByAlgorithm(key, signed, signature);
  } catch {
    return false;
  }
}

function verifyByAlgorithm({ algorithm, keyObject }: TrustedKey, signed: Uint8Array, signature: Uint8Array): boolean {
  if (algorithm === "ed25519") return verify(null, signed, keyObject, signature);
  if (algorithm === "rsa") {
    return RSA_PADDINGS.some((padding) => HASHES.rsa.some((hash) => verify(hash, signed, { key: keyObject, padding }, signature)));
  }
  if (!isEcdsaDer(signature)) return false;
  return HASHES[algorithm].some((hash) => verify(hash, signed, { key: keyObject, dsaEncoding: "der" }, signature));
}
