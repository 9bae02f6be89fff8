import { describe, expect, it } from "vitest";
import { digestOf, hexOf } from "../../lib/oci/digest.ts";
import type { CandidateResult } from "../../lib/verification/candidate-result.ts";
import { encodePreAuthentication } from "../../lib/verification/form/dsse-envelope.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { makeCandidate, makeEcKey, makeEnvelope, statementFor } from "./make-candidate.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const target = digestOf("image");
const key = makeEcKey();
const second = makeEcKey();
const stranger = makeEcKey();
const context = contextOf(policyOf([keySigner("release", key.pem), keySigner("second", second.pem)]), target);
const provenance = { predicateType: "https://slsa.dev/provenance/v1" };

function judge(envelope: object | string, chosen = context): CandidateResult[] {
  return verifyCandidate(makeCandidate("dsse-attestation", typeof envelope === "string" ? envelope : JSON.stringify(envelope)), chosen);
}

function reasonsOf(results: readonly CandidateResult[]): string[] {
  return results.map((result) => (result.kind === "rejected" ? result.reason : result.kind));
}

describe("encodePreAuthentication", () => {
  it("is the vector of the DSSE specification", () => {
    const encoded = encodePreAuthentication("http://example.com/HelloWorld", Buffer.from("hello world"));
    expect(Buffer.from(encoded).toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  it("counts bytes and not characters", () => {
    expect(Buffer.from(encodePreAuthentication("ü", Buffer.from("é"))).toString()).toBe("DSSEv1 2 ü 2 é");
  });
});

describe("an envelope", () => {
  it("is an attestation by its predicate type, which is reported once it verified", () => {
    const envelope = makeEnvelope([key], statementFor(target, provenance));
    expect(judge(envelope)).toMatchObject([{ kind: "verified", evidence: "attestation", predicateType: provenance.predicateType }]);
  });

  it("by a stranger is still an attestation, of which nothing is reported", () => {
    const results = judge(makeEnvelope([stranger], statementFor(target, provenance)));
    expect(results).toMatchObject([{ kind: "rejected", reason: "unexpected-signer", evidence: "attestation", predicateType: null }]);
  });

  it("with several signatures has one result each", () => {
    expect(reasonsOf(judge(makeEnvelope([stranger, second, key], statementFor(target))))).toEqual([
      "unexpected-signer",
      "verified",
      "verified",
    ]);
  });

  it("for any one of its subjects counts for it", () => {
    const subject = [{ digest: { sha256: hexOf(digestOf("other")) } }, { name: "app", digest: { sha1: "00", sha256: hexOf(target) } }];
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target, { subject }))))).toEqual(["verified"]);
  });

  it("names a sha512 target by sha512", () => {
    const long = digestOf("image", "sha512");
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(long)), contextOf(context.policy, long)))).toEqual(["verified"]);
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target)), contextOf(context.policy, long)))).toEqual(["wrong-digest"]);
  });

  it.each([
    ["of another digest", { subject: [{ digest: { sha256: hexOf(digestOf("other")) } }] }],
    ["that names the digest only as a name", { subject: [{ name: target, digest: { sha256: hexOf(digestOf("other")) } }] }],
    ["that names the digest under another algorithm", { subject: [{ digest: { sha512: hexOf(target) } }] }],
    ["that names the digest in capitals", { subject: [{ digest: { sha256: hexOf(target).toUpperCase() } }] }],
    ["with 1,024 other subjects", { subject: Array.from({ length: 1024 }, () => ({ digest: { sha256: "00" } })) }],
  ])("%s is wrong-digest", (_, changes) => {
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target, changes))))).toEqual(["wrong-digest"]);
  });

  it.each([
    ["of an unknown _type", { _type: "https://in-toto.io/Statement/v2" }],
    ["without a predicate type", { predicateType: undefined }],
    ["without subjects", { subject: [] }],
    ["with a null subject", { subject: [null, { digest: { sha256: hexOf(target) } }] }],
    ["with a subject without a digest", { subject: [{ name: "app" }] }],
    ["with 1,025 subjects", { subject: Array.from({ length: 1025 }, () => ({ digest: { sha256: hexOf(target) } })) }],
  ])("around a statement %s is not taken, though the key signed it", (_, changes) => {
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target, changes))))).toEqual(["unverifiable"]);
  });

  it.each([
    ["JSON that names a key twice", statementFor(target).replace("{", `{"predicateType":"x",`)],
    ["no JSON", "{"],
    ["a JSON list", "[]"],
  ])("around %s is not taken, though the key signed it", (_, statement) => {
    expect(reasonsOf(judge(makeEnvelope([key], statement)))).toEqual(["unverifiable"]);
  });

  it("of another payload type is not taken, though the key signed it", () => {
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target), "text/plain")))).toEqual(["unverifiable"]);
  });

  it("whose payload type was changed after signing does not verify", () => {
    const envelope = { ...makeEnvelope([key], statementFor(target), "text/plain"), payloadType: "application/vnd.in-toto+json" };
    expect(reasonsOf(judge(envelope))).toEqual(["unexpected-signer"]);
  });

  const good = makeEnvelope([key], statementFor(target)) as { payloadType: string; payload: string; signatures: { sig: string }[] };

  it.each([
    ["that is no JSON", "{"],
    ["that is a list", "[]"],
    ["that is null", "null"],
    ["with a member twice", JSON.stringify(good).replace("{", `{"payload":"",`)],
    ["without a payload", JSON.stringify({ ...good, payload: undefined })],
    ["with a payload that is no base64", JSON.stringify({ ...good, payload: `${good.payload.slice(0, -1)}!` })],
    ["without signatures", JSON.stringify({ ...good, signatures: [] })],
    [
      "with more signatures than are looked at",
      JSON.stringify({ ...good, signatures: Array.from({ length: 5 }, () => good.signatures[0]) }),
    ],
    ["with a text for signatures", JSON.stringify({ ...good, signatures: "sig" })],
  ])("%s cannot be verified", (_, text) => {
    expect(judge(text)).toMatchObject([{ kind: "rejected", reason: "unverifiable", evidence: "attestation" }]);
  });

  it.each([[null], ["sig"], [{}], [{ sig: 1 }], [{ sig: "!" }], [{ sig: "" }], [{ sig: "AAAA" }]])(
    "with the signature %j is proven invalid",
    (signature) => {
      expect(reasonsOf(judge({ ...good, signatures: [signature] }))).toEqual(["invalid-signature"]);
    },
  );

  it("may use the URL-safe alphabet", () => {
    const urlSafe = (text: string) => Buffer.from(text, "base64").toString("base64url");
    const envelope = { ...good, payload: urlSafe(good.payload), signatures: [{ sig: urlSafe(good.signatures[0]!.sig) }] };
    expect(reasonsOf(judge(envelope))).toEqual(["verified"]);
  });

  it("past the limit of bytes is not read", () => {
    expect(reasonsOf(judge(" ".repeat(16 * 1024 * 1024 + 1)))).toEqual(["unverifiable"]);
  });

  it("of megabytes within the limit is", () => {
    const predicate = { sbom: "x".repeat(10 * 1024 * 1024) };
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target, { predicate }))))).toEqual(["verified"]);
  });

  it("meets demanded annotations by those of the subject that matches", () => {
    const demanding = contextOf(policyOf(context.policy.signers, { annotations: { team: "core" } }), target);
    const other = { digest: { sha256: hexOf(digestOf("other")) }, annotations: { team: "core" } };
    const own = { digest: { sha256: hexOf(target) }, annotations: { team: "core" } };
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target, { subject: [other, own] })), demanding))).toEqual(["verified"]);
    expect(reasonsOf(judge(makeEnvelope([key], statementFor(target, { subject: [other, { digest: own.digest }] })), demanding))).toEqual([
      "policy-unmet",
    ]);
  });
});
