import { constants, publicDecrypt } from "node:crypto";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { p256, p384 } from "@noble/curves/nist.js";
import type { SignedBytes } from "../form/evidence.ts";
import type { TrustedKey } from "./load-public-key.ts";
import { isEcdsaDer } from "./signature-shape.ts";
import { verifySignature } from "./verify-signature.ts";

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

/** DER of DigestInfo up to the digest itself. https://datatracker.ietf.org/doc/html/rfc8017#section-9.2 (note 1) */
const SHA256_DIGEST_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");
const SHA256_BYTES = 32;

/**
 * Verifies a signature by an RSA key, by PKCS #1 v1.5, over bytes of which only the SHA-256 is known.
 *
 * The one encoding of the digest that RFC 8017 section 8.2.2 allows is built and compared in full with what the signature opens to,
 * so no lenient parser is involved. If it opens to another form, it may be a PSS signature or one by another key: `unsupported`.
 */
function verifyPrehashedRsa(key: TrustedKey, sha256: Uint8Array, signature: Uint8Array): SignedVerdict {
  if (sha256.length !== SHA256_BYTES) return "refused";
  const size = Math.ceil((key.keyObject.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (signature.length !== size) return "refused";
  let opened: Buffer;
  try {
    opened = publicDecrypt({ key: key.keyObject, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return "refused";
  }
  if (opened.equals(encodePkcs1(sha256, size))) return "verified";
  return opened[0] === 0 && opened[1] === 1 ? "refused" : "unsupported";
}

/** EMSA-PKCS1-v1_5: `00 01 FF … FF 00 DigestInfo`. */
function encodePkcs1(sha256: Uint8Array, size: number): Buffer {
  const suffix = Buffer.concat([Buffer.from([0]), SHA256_DIGEST_INFO, sha256]);
  const filler = Buffer.alloc(size - 2 - suffix.length, 0xff);
  return Buffer.concat([Buffer.from([0, 1]), filler, suffix]);
}
