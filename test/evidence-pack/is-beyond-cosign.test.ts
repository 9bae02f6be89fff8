import { constants } from "node:crypto";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { isBeyondCosign } from "../../lib/evidence-pack/is-beyond-cosign.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { makeEcKey, makeEd25519Key, makeRsaKey, makeSimpleSignature, payloadFor } from "../verification/make-candidate.ts";

const target = digestOf("image");
const payload = payloadFor(target);

describe("beyond cosign with a key in a file", () => {
  it("is RSA-PSS", () => {
    const key = makeRsaKey(2048, "sha256", constants.RSA_PKCS1_PSS_PADDING);
    expect(isBeyondCosign(makeSimpleSignature(key, payload), target, key.pem)).toBe(true);
  });

  it("is Ed25519ph", () => {
    const seed = ed25519ph.utils.randomSecretKey();
    const pem = pemOf(ed25519ph.getPublicKey(seed));
    const signature = Buffer.from(ed25519ph.sign(Buffer.from(payload), seed)).toString("base64");
    const candidate = makeSimpleSignature(makeEd25519Key(), payload, { "dev.cosignproject.cosign/signature": signature });
    expect(isBeyondCosign(candidate, target, pem)).toBe(true);
  });

  it.each([makeEcKey("P-384", "sha384"), makeRsaKey(3072, "sha512"), makeEd25519Key()])("is no other signature", (key) => {
    expect(isBeyondCosign(makeSimpleSignature(key, payload), target, key.pem)).toBe(false);
  });

  it("is nothing that does not verify: cosign shall say so", () => {
    const key = makeRsaKey(2048, "sha256", constants.RSA_PKCS1_PSS_PADDING);
    expect(isBeyondCosign(makeSimpleSignature(key, payload), target, makeRsaKey(2048).pem)).toBe(false);
  });
});

/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 4). */
function pemOf(key: Uint8Array): string {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
  return `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`;
}
