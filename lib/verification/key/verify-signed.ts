import { p256, p384 } from "@noble/curves/nist.js";
import { ed25519ph } from "@noble/curves/ed25519.js";
import type { SignedBytes } from "../form/evidence.ts";
import type { TrustedKey } from "./load-public-key.ts";
import { verifyPrehashedRsa } from "./verify-prehashed-rsa.ts";
import { verifySignature } from "./verify-signature.ts";
import { isEcdsaDer } from "./signature-shape.ts";

type SignedVerdict = "verified" | "refused" | "unsupported";

/** Verifies that the key made the signature over these bytes, or over bytes of which only the SHA-256 is known. Never throws. */
export function verifySigned(key: TrustedKey, signed: SignedBytes, signature: Uint8Array): SignedVerdict {
  if (signed.kind === "digest") return verifyDigest(key, signed.sha256, signature);
  return verifySignature(key, signed.bytes, signature) || isPrehashedEd25519(key, signed.bytes, signature) ? "verified" : "refused";
}

/**
 * Node cannot verify a signature if only the digest of the signed bytes is at hand, and a bundle over the manifest itself gives no more
 * unless the manifest is fetched once more. Ed25519 signs no SHA-256 and RSA-PSS needs the bytes here: `unsupported`.
 */
function verifyDigest(key: TrustedKey, sha256: Uint8Array, signature: Uint8Array): SignedVerdict {
  switch (key.algorithm) {
    case "rsa":
      return verifyPrehashedRsa(key, sha256, signature);
    case "ecdsa-p256":
    case "ecdsa-p384":
      return isEcdsaDer(signature) && verifyPrehashedEcdsa(key, sha256, signature) ? "verified" : "refused";
    default:
      return "unsupported";
  }
}

function verifyPrehashedEcdsa({ algorithm, keyObject }: TrustedKey, sha256: Uint8Array, signature: Uint8Array): boolean {
  const curve = algorithm === "ecdsa-p256" ? p256 : p384;
  try {
    return curve.verify(signature, sha256, publicPoint(keyObject), { prehash: false, lowS: false, format: "der" });
  } catch {
    return false;
  }
}

/** The uncompressed point: 04, x, y. */
function publicPoint(key: TrustedKey["keyObject"]): Uint8Array {
  const { x, y } = key.export({ format: "jwk" });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x!, "base64url"), Buffer.from(y!, "base64url")]);
}

/** Sigstore clients make these with Ed25519 keys for log entries with a hash (RFC 8032 section 5.1). Node cannot verify them. */
function isPrehashedEd25519({ algorithm, keyObject }: TrustedKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (algorithm !== "ed25519" || signature.length !== 64) return false;
  try {
    const { x } = keyObject.export({ format: "jwk" });
    return ed25519ph.verify(signature, bytes, Buffer.from(x!, "base64url"));
  } catch {
    return false;
  }
}
