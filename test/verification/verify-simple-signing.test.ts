import { describe, expect, it } from "vitest";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { makeCertificate } from "./make-certificate.ts";
import { makeEcKey, makeSimpleSignature, payloadFor } from "./make-candidate.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const target = digestOf("image");
const key = makeEcKey();
const stranger = makeEcKey();
const context = contextOf(policyOf([keySigner("release", key.pem)]), target);

function judge(candidate: Candidate, chosen = context): string {
  const results = verifyCandidate(candidate, chosen);
  expect(results).toHaveLength(1);
  expect(results[0]!.evidence).toBe("signature");
  return results[0]!.kind === "rejected" ? results[0]!.reason : results[0]!.kind;
}

function withSignature(encoded: string, signer = key): Candidate {
  return makeSimpleSignature(signer, payloadFor(target), { "dev.cosignproject.cosign/signature": encoded });
}

describe("a simple signature", () => {
  it("names its signer by the policy's entry and the key's fingerprint", () => {
    const [result] = verifyCandidate(makeSimpleSignature(key, payloadFor(target)), context);
    expect(result).toMatchObject({
      kind: "verified",
      form: "simple-signing",
      predicateType: null,
      signer: { signer: "release", kind: "key", identity: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), issuer: null, signedAt: null },
    });
  });

  it("of another digest by an allowed signer is wrong-digest", () => {
    expect(judge(makeSimpleSignature(key, payloadFor(digestOf("another image"))))).toBe("wrong-digest");
  });

  it("of another digest by a stranger is the stranger's, not wrong-digest", () => {
    expect(judge(makeSimpleSignature(stranger, payloadFor(digestOf("another image"))))).toBe("unexpected-signer");
  });

  it("binds the digest and not the name of the repository", () => {
    expect(
      judge(makeSimpleSignature(key, payloadFor(target, { critical: { identity: { "docker-reference": "elsewhere/app:v1" } } }))),
    ).toBe("verified");
  });

  it.each([
    ["of type atomic", payloadFor(target, { critical: { type: "atomic container signature" } })],
    ["without a type", payloadFor(target, { critical: { type: undefined } })],
    ["with the digest named twice", payloadFor(target).replace('"image":{', `"image":{"docker-manifest-digest":"${digestOf("x")}",`)],
    ["with the critical part twice", payloadFor(target).replace("{", `{"critical":{},`)],
    [
      "with a key repeated by an escape",
      payloadFor(target).replace('"image":{', `"image":{"docker\\u002dmanifest-digest":"${digestOf("x")}",`),
    ],
    [
      "with a second critical part in capitals",
      payloadFor(target).replace("{", `{"Critical":{"image":{"docker-manifest-digest":"${digestOf("x")}"}},`),
    ],
    ["with an unknown critical member", payloadFor(target, { critical: { until: "2027" } })],
    ["with a digest in capitals", payloadFor(target).replace(target, target.toUpperCase())],
    ["with no digest", payloadFor(target, { critical: { image: {} } })],
    ["with a list for the image", payloadFor(target, { critical: { image: [target] } })],
    ["with null for the critical part", JSON.stringify({ critical: null, optional: null })],
    ["that is no object", JSON.stringify([target])],
    ["that is no JSON", "{"],
    ["that goes on after the JSON", `${payloadFor(target)}{}`],
    ["nested too deep", payloadFor(target, { optional: JSON.parse(`${"[".repeat(40)}${"]".repeat(40)}`) as unknown })],
    ["with a text for optional", payloadFor(target, { optional: "team=core" })],
  ])("over a payload %s is not taken, though the key signed it", (_, payload) => {
    expect(judge(makeSimpleSignature(key, payload))).toBe("unverifiable");
  });

  it.each([
    ["no base64", "not base64!"],
    ["base64 with a foreign character inside", "MEUC IQ=="],
    ["base64 without padding", Buffer.from("sig!").toString("base64").slice(0, -2)],
    ["the URL-safe alphabet", "__-_"],
    ["empty", ""],
    ["too short for any key", "AAAA"],
    ["DER with a negative number", Buffer.from("3006020180020101", "hex").toString("base64")],
    ["DER with a zero too many", Buffer.from("300702020001020101", "hex").toString("base64")],
    ["DER with bytes after it", Buffer.from("300602010102010100", "hex").toString("base64")],
  ])("that is %s is proven invalid", (_, encoded) => {
    expect(judge(withSignature(encoded))).toBe("invalid-signature");
  });

  it("without its annotation is proven invalid", () => {
    expect(judge({ ...withSignature("AAAA"), annotations: {} })).toBe("invalid-signature");
  });

  it("may be wrapped in lines, as the base64 command prints it", () => {
    const encoded = key.sign(Buffer.from(payloadFor(target))).toString("base64");
    expect(judge(withSignature(`${encoded.slice(0, 76)}\n${encoded.slice(76)}\n`))).toBe("verified");
  });

  it("survives values of megabytes and of control characters", () => {
    const huge = "A".repeat(8 * 1024 * 1024);
    expect(judge(withSignature(huge))).toBe("unverifiable");
    expect(judge(withSignature("\u0000\u001b[2J\u202e"))).toBe("invalid-signature");
    expect(judge(makeSimpleSignature(key, payloadFor(target), { "dev.sigstore.cosign/certificate": huge }))).toBe("verified");
    expect(judge(makeSimpleSignature(stranger, payloadFor(target), { "dev.sigstore.cosign/certificate": huge }))).toBe("unverifiable");
    expect(judge(makeSimpleSignature(key, payloadFor(target, { optional: { creator: huge } })))).toBe("unverifiable");
  });
});

describe("annotations that a policy demands", () => {
  const demanding = contextOf(policyOf(context.policy.signers, { annotations: { team: "core" } }), target);

  it("must be in the signed payload", () => {
    expect(judge(makeSimpleSignature(key, payloadFor(target, { optional: { team: "core", more: 1 } })), demanding)).toBe("verified");
    expect(judge(makeSimpleSignature(key, payloadFor(target), { team: "core" }), demanding)).toBe("policy-unmet");
  });

  it.each([[{ team: "Core" }], [{ team: ["core"] }], [{}]])("are not met by %j", (optional) => {
    expect(judge(makeSimpleSignature(key, payloadFor(target, { optional })), demanding)).toBe("policy-unmet");
  });

  it("are not met by what every object inherits", () => {
    const inherited = contextOf(policyOf(context.policy.signers, { annotations: { constructor: "Object" } }), target);
    expect(judge(makeSimpleSignature(key, payloadFor(target, { optional: {} })), inherited)).toBe("policy-unmet");
  });
});

describe("a certificate beside a simple signature", () => {
  const uri = "https://example.com/release.yml";
  const certificate = (pem: string) => ({ "dev.sigstore.cosign/certificate": pem });

  it("is none where it is blank", () => {
    expect(judge(makeSimpleSignature(key, payloadFor(target), certificate(" \n")))).toBe("verified");
    expect(judge(makeSimpleSignature(stranger, payloadFor(target), certificate("")))).toBe("unexpected-signer");
  });

  it("never replaces a key: a signature by it is a stranger's", () => {
    const candidate = makeSimpleSignature(stranger, payloadFor(target), certificate(makeCertificate(stranger, uri)));
    expect(judge(candidate)).toBe("unexpected-signer");
    expect(verifyCandidate(candidate, context)[0]!.detail).toContain(uri);
  });

  it("does not get in the way of a signature by a configured key", () => {
    expect(judge(makeSimpleSignature(key, payloadFor(target), certificate(makeCertificate(key, uri))))).toBe("verified");
    expect(judge(makeSimpleSignature(key, payloadFor(target), certificate(makeCertificate(stranger, uri))))).toBe("verified");
  });

  it("proves a signature invalid that its own key did not make", () => {
    expect(judge(makeSimpleSignature(stranger, payloadFor(target), certificate(makeCertificate(key, uri))))).toBe("invalid-signature");
    expect(
      judge(
        makeSimpleSignature(makeEcKey(), payloadFor(target), { "dev.cosignproject.cosign/certificate": makeCertificate(stranger, uri) }),
      ),
    ).toBe("invalid-signature");
  });

  it("is named where it cannot be read", () => {
    expect(
      judge(makeSimpleSignature(stranger, payloadFor(target), certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"))),
    ).toBe("unverifiable");
  });
});
