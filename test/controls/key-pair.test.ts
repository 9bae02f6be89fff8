import { createHash, createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newKeyPair, signBytes, type KeyKind } from "../../lib/controls/key-pair.ts";

const HASHES: Record<KeyKind, string | null> = {
  "ecdsa-p256": "sha256",
  "ecdsa-p384": "sha384",
  "ecdsa-p521": "sha512",
  "rsa-2048": "sha256",
  ed25519: null,
};

describe.each(Object.keys(HASHES) as KeyKind[])("%s", (kind) => {
  it("signs what its public key verifies, by the hash that cosign uses", () => {
    const key = newKeyPair(kind);
    const bytes = Buffer.from("payload");
    const signature = signBytes(key, bytes);
    expect(verify(HASHES[kind], bytes, createPublicKey(key.pem), signature)).toBe(true);
    expect(verify(HASHES[kind], Buffer.from("other"), createPublicKey(key.pem), signature)).toBe(false);
  });

  it("names itself by the SHA-256 of its DER public key", () => {
    const key = newKeyPair(kind);
    const hash = createHash("sha256").update(createPublicKey(key.pem).export({ type: "spki", format: "der" }));
    const hex = hash.digest("hex");
    expect(key.fingerprint).toBe(`sha256:${hex}`);
    expect(Buffer.from(key.hint, "base64").toString("hex")).toBe(hex);
  });
});

it("is another key every time", () => {
  expect(newKeyPair().pem).not.toBe(newKeyPair().pem);
});
