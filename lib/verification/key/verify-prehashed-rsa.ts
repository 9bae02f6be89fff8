import { constants, publicDecrypt } from "node:crypto";
import type { TrustedKey } from "./load-public-key.ts";

/** DER of DigestInfo up to the digest itself. https://datatracker.ietf.org/doc/html/rfc8017#section-9.2 (note 1) */
const SHA256_DIGEST_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");
const SHA256_BYTES = 32;

/**
 * Verifies a signature by an RSA key, by PKCS #1 v1.5, over bytes of which only the SHA-256 is known.
 *
 * The one encoding of the digest that RFC 8017 section 8.2.2 allows is built and compared whole with what the signature opens to,
 * so no lenient parser is involved. If it opens to another form, it may be a PSS signature or one by another key: `unsupported`.
 */
export function verifyPrehashedRsa(key: TrustedKey, sha256: Uint8Array, signature: Uint8Array): "verified" | "refused" | "unsupported" {
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
