import { constants } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import {
  makeBundle,
  makeCandidate,
  makeEcKey,
  makeEd25519Key,
  makeEnvelope,
  makeRsaKey,
  makeSimpleSignature,
  payloadFor,
  statementFor,
} from "./make-candidate.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const target = digestOf("image");

const keys = [
  { name: "ECDSA P-256 with SHA-256", key: makeEcKey("P-256", "sha256") },
  { name: "ECDSA P-384 with SHA-384", key: makeEcKey("P-384", "sha384") },
  { name: "ECDSA P-384 with SHA-256", key: makeEcKey("P-384", "sha256") },
  { name: "ECDSA P-521 with SHA-512", key: makeEcKey("P-521", "sha512") },
  { name: "ECDSA P-521 with SHA-256", key: makeEcKey("P-521", "sha256") },
  { name: "RSA 2048 with SHA-256", key: makeRsaKey(2048) },
  { name: "RSA 3072 with SHA-512", key: makeRsaKey(3072, "sha512") },
  { name: "RSA 2048 PSS with SHA-256", key: makeRsaKey(2048, "sha256", constants.RSA_PKCS1_PSS_PADDING) },
  { name: "Ed25519", key: makeEd25519Key() },
];
const stranger = makeEcKey();

describe("a signature by each kind of key", () => {
  it.each(keys)("$name verifies as simple signature, and only with the key that made it", ({ key }) => {
    const candidate = makeSimpleSignature(key, payloadFor(target));
    const own = contextOf(policyOf([keySigner("stranger", stranger.pem), keySigner("release", key.pem)]), target);
    const other = contextOf(policyOf([keySigner("stranger", stranger.pem)]), target);
    expect(verifyCandidate(candidate, own)).toMatchObject([{ kind: "verified", signer: { signer: "release" } }]);
    expect(verifyCandidate(candidate, other)).toMatchObject([{ kind: "rejected", reason: "unexpected-signer" }]);
  });

  it.each(keys)("$name verifies as bundle and as envelope", ({ key }) => {
    const context = contextOf(policyOf([keySigner("release", key.pem)]), target);
    const envelope = makeEnvelope([key], statementFor(target));
    const bundle = makeCandidate("sigstore-bundle", makeBundle(envelope, key.hint));
    const bare = makeCandidate("dsse-attestation", JSON.stringify(envelope));
    expect(verifyCandidate(bundle, context)).toMatchObject([{ kind: "verified", evidence: "signature" }]);
    expect(verifyCandidate(bare, context)).toMatchObject([{ kind: "verified", evidence: "signature" }]);
  });

  it.each(keys)("$name does not verify over other bytes", ({ key }) => {
    const { annotations } = makeSimpleSignature(key, payloadFor(target));
    const moved = makeCandidate("simple-signing", payloadFor(digestOf("another image")), { annotations });
    const context = contextOf(policyOf([keySigner("release", key.pem)]), digestOf("another image"));
    expect(verifyCandidate(moved, context)).toMatchObject([{ kind: "rejected", reason: "unexpected-signer" }]);
  });

  it("refuses ECDSA in another encoding than DER", () => {
    const key = makeEcKey();
    const payload = payloadFor(target);
    const der = key.sign(Buffer.from(payload));
    const padded = Buffer.concat([der, Buffer.from([0])]);
    const candidate = makeSimpleSignature(key, payload, { "dev.cosignproject.cosign/signature": padded.toString("base64") });
    const context = contextOf(policyOf([keySigner("release", key.pem)]), target);
    expect(verifyCandidate(candidate, context)).toMatchObject([{ kind: "rejected", reason: "invalid-signature" }]);
  });
});
