import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadPublicKey } from "../../lib/verification/key/load-public-key.ts";
import { readFixture } from "./fixture-candidates.ts";
import { makeEcKey, makeEd25519Key, makeRsaKey } from "./make-candidate.ts";

describe("loadPublicKey", () => {
  it.each([
    ["ecdsa-p256", makeEcKey("P-256").pem],
    ["ecdsa-p384", makeEcKey("P-384").pem],
    ["ecdsa-p521", makeEcKey("P-521").pem],
    ["rsa", makeRsaKey(2048).pem],
    ["ed25519", makeEd25519Key().pem],
  ])("loads a key of algorithm %s", (algorithm, pem) => {
    expect(loadPublicKey(pem)).toMatchObject({ kind: "loaded", key: { algorithm } });
  });

  it("names a key by the SHA-256 of its DER, in hex and in base64", () => {
    const pem = readFixture("keys/release.pub");
    const digest = createHash("sha256")
      .update(createPublicKey(pem).export({ type: "spki", format: "der" }))
      .digest();
    expect(loadPublicKey(pem)).toMatchObject({ key: { fingerprint: `sha256:${digest.toString("hex")}`, hint: digest.toString("base64") } });
  });

  it("reads PKCS #1 text and text before the block", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = publicKey.export({ type: "pkcs1", format: "pem" }) as string;
    expect(loadPublicKey(`our key\n${pem}`)).toMatchObject({ kind: "loaded" });
  });

  it("refuses a private key, from which a public one could be derived", () => {
    const pem = makeEcKey().privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    expect(loadPublicKey(pem)).toEqual({ kind: "malformed", detail: "a PEM block of type PRIVATE KEY, where a public key is expected" });
  });

  it.each([
    ["no text", ""],
    ["text without a block", "not a key"],
    ["two keys", makeEcKey().pem + makeEcKey().pem],
    ["a certificate", readFixture("keys/notation.crt")],
    ["an encrypted private key", readFixture("keys/release.key")],
    ["a block of junk", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
    ["a block without an end", makeEcKey().pem.slice(0, 60)],
    ["RSA of 1024 bits", makeRsaKey(1024).pem],
    ["a curve that cosign does not sign with", makeEcKey("secp256k1").pem],
    ["a key that signs nothing", generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" }) as string],
  ])("refuses %s with a reason", (_, pem) => {
    expect(loadPublicKey(pem)).toMatchObject({ kind: "malformed", detail: expect.stringMatching(/./) });
  });
});
