import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** The kinds of keys that cosign signs with. */
export type KeyKind = "ecdsa-p256" | "ecdsa-p384" | "ecdsa-p521" | "rsa-2048" | "ed25519";

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
  const { privateKey, publicKey } = generate(kind);
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
  return sign(HASHES[key.kind], bytes, key.privateKey);
}

const HASHES = {
  "ecdsa-p256": "sha256",
  "ecdsa-p384": "sha384",
  "ecdsa-p521": "sha512",
  "rsa-2048": "sha256",
  ed25519: null,
} as const satisfies Record<KeyKind, string | null>;

function generate(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (kind) {
    case "ecdsa-p256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "ecdsa-p384":
      return generateKeyPairSync("ec", { namedCurve: "P-384" });
    case "ecdsa-p521":
      return generateKeyPairSync("ec", { namedCurve: "P-521" });
    case "rsa-2048":
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
    case "ed25519":
      return generateKeyPairSync("ed25519");
  }
}
