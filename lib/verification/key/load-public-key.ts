import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { malformed, type Malformed } from "../malformed.ts";

export type KeyAlgorithm = "ecdsa-p256" | "ecdsa-p384" | "ecdsa-p521" | "rsa" | "ed25519";

/** A public key that signatures can be verified with. */
export interface TrustedKey {
  readonly keyObject: KeyObject;
  readonly algorithm: KeyAlgorithm;
  /** `sha256:<hex>` of the DER SubjectPublicKeyInfo. */
  readonly fingerprint: string;
  /** The same SHA-256 in base64, as cosign writes it into the hint of a bundle. */
  readonly hint: string;
}

export type LoadedKey = { readonly kind: "loaded"; readonly key: TrustedKey } | Malformed;

/** `PUBLIC KEY` is SubjectPublicKeyInfo, `RSA PUBLIC KEY` PKCS #1: what cosign reads (sigstore/pkg/cryptoutils). */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g;
const PUBLIC_KEY_BLOCKS = new Set(["PUBLIC KEY", "RSA PUBLIC KEY"]);
const CURVES: Readonly<Record<string, KeyAlgorithm>> = { prime256v1: "ecdsa-p256", secp384r1: "ecdsa-p384", secp521r1: "ecdsa-p521" };
const RSA_BITS = { least: 2048, most: 8192 } as const;

/**
 * Loads one public key from PEM text. It refuses, with a sentence that says why, private keys and certificates (Node would silently derive
 * a public key from them), several keys in one text, curves and key types that cosign does not sign with, and RSA below 2048 or above 8192
 * bits.
 */
export function loadPublicKey(pem: string): LoadedKey {
  const blocks = [...pem.matchAll(PEM_BLOCK)].map((match) => match[1]!);
  if (blocks.length !== 1) return malformed(blocks.length === 0 ? "no PEM text of a public key" : "more than one PEM block");
  if (!PUBLIC_KEY_BLOCKS.has(blocks[0]!)) return malformed(`a PEM block of type ${blocks[0]}, where a public key is expected`);
  let keyObject: KeyObject;
  try {
    keyObject = createPublicKey({ key: pem, format: "pem" });
  } catch {
    return malformed("PEM text that holds no readable public key");
  }
  return describeKey(keyObject);
}

/** Names the algorithm of a public key, or says why it is not supported. The key may be of a certificate that an attacker wrote. */
export function describeKey(keyObject: KeyObject): LoadedKey {
  const algorithm = algorithmOf(keyObject);
  if (typeof algorithm !== "string") return algorithm;
  const digest = createHash("sha256")
    .update(keyObject.export({ type: "spki", format: "der" }))
    .digest();
  return {
    kind: "loaded",
    key: { keyObject, algorithm, fingerprint: `sha256:${digest.toString("hex")}`, hint: digest.toString("base64") },
  };
}

function algorithmOf(key: KeyObject): KeyAlgorithm | Malformed {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return "ed25519";
    case "ec":
      return (
        CURVES[details?.namedCurve ?? ""] ?? malformed(`a key on the curve ${details?.namedCurve ?? "of its own"}, which is not supported`)
      );
    case "rsa": {
      const bits = details?.modulusLength ?? 0;
      const exponent = details?.publicExponent ?? 0n;
      if (bits < RSA_BITS.least || bits > RSA_BITS.most)
        return malformed(`an RSA key of ${bits} bits, where ${RSA_BITS.least} to ${RSA_BITS.most} are expected`);
      // If the exponent is 1, every text is its own signature.
      return exponent >= 3n && exponent % 2n === 1n ? "rsa" : malformed(`an RSA key with exponent ${exponent}`);
    }
    default:
      return malformed(`a key of type ${key.asymmetricKeyType ?? "unknown"}, which is not supported`);
  }
}
