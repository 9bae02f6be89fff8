import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

const KINDS = {
  "ecdsa-p256": { hash: "sha256", generate: () => generateKeyPairSync("ec", { namedCurve: "P-256" }) },
  "ecdsa-p384": { hash: "sha384", generate: () => generateKeyPairSync("ec", { namedCurve: "P-384" }) },
  "ecdsa-p521": { hash: "sha512", generate: () => generateKeyPairSync("ec", { namedCurve: "P-521" }) },
  "rsa-2048": { hash: "sha256", generate: () => generateKeyPairSync("rsa", { modulusLength: 2048 }) },
  ed25519: { hash: null, generate: () => generateKeyPairSync("ed25519") },
} as const;

/** A kind of key that cosign signs with. */
export type KeyKind = keyof typeof KINDS;

/** A key pair for one use. */
export interface KeyPair {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  /** The public key, SubjectPublicKeyInfo as PEM. */
  readonly pem: string;
  /** `publicKey.hint` of cosign's bundles: base64 of SHA-256 over the DER public key. */
  readonly hint: string;
  /** `sha256:<hex>` of the DER public key. */
  readonly fingerprint: string;
}

/** Makes a new key pair. */
export function newKeyPair(kind: KeyKind = "ecdsa-p256"): KeyPair {
  const { privateKey, publicKey } = KINDS[kind].generate();
  const hash = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
  return {
    kind,
    privateKey,
    pem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    hint: hash.toString("base64"),
    fingerprint: `sha256:${hash.toString("hex")}`,
  };
}

/** Signs like cosign: ECDSA as DER over the hash of the curve's size, RSA as PKCS #1 v1.5 over SHA-256, Ed25519 over the bytes. */
export function signBytes(key: KeyPair, bytes: Uint8Array): Buffer {
  return sign(KINDS[key.kind].hash, bytes, key.privateKey);
}
