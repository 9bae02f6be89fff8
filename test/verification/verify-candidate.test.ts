import { describe, expect, it } from "vitest";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { makeBundle, makeCandidate, makeEcKey, makeEnvelope, makeSimpleSignature, payloadFor, statementFor } from "./make-candidate.ts";
import { contextOf, keySigner, NOW, policyOf } from "./policy-of-keys.ts";

const target = digestOf("image");
const key = makeEcKey();
const stranger = makeEcKey();
const signature = makeSimpleSignature(key, payloadFor(target));
const context = contextOf(policyOf([keySigner("release", key.pem)]), target);

describe("the form of a candidate", () => {
  it.each([
    ["sbom", "unsigned-attestation"],
    ["unsigned-statement", "unsigned-attestation"],
    ["other", "nothing"],
  ] as const)("%s is no signature but %s", (form, evidence) => {
    expect(verifyCandidate(makeCandidate(form, "{}"), context)).toMatchObject([{ kind: "not-evidence", evidence }]);
  });

  it.each([
    ["notation", "{}", "JWS"],
    ["notation", "\u00d2", "COSE"],
    ["gpg", "", "GPG"],
  ] as const)("%s is a signature that cannot be verified yet", (form, content, word) => {
    expect(verifyCandidate(makeCandidate(form, content), context)).toMatchObject([
      { kind: "rejected", reason: "unverifiable", evidence: "signature", detail: expect.stringContaining(word) },
    ]);
  });

  it.each([
    ["simple-signing", "signature"],
    ["sigstore-bundle", "signature"],
    ["notation", "signature"],
    ["gpg", "signature"],
    ["dsse-attestation", "attestation"],
  ] as const)("%s whose bytes cannot be used still counts as a %s that is there", (form, evidence) => {
    const candidate = makeCandidate(form, "", { content: { kind: "unusable", detail: "the blob is 17 MiB, past the limit of 16 MiB" } });
    expect(verifyCandidate(candidate, context)).toMatchObject([
      { kind: "rejected", reason: "unverifiable", evidence, detail: "the blob is 17 MiB, past the limit of 16 MiB" },
    ]);
  });
});

describe("the place of a candidate", () => {
  it("is told with its result", () => {
    const candidate: Candidate = { ...signature, place: "signature-repository", artifact: digestOf("manifest") };
    expect(verifyCandidate(candidate, context)).toMatchObject([
      {
        place: "signature-repository",
        artifact: digestOf("manifest"),
        signer: { place: "signature-repository", artifact: digestOf("manifest") },
      },
    ]);
  });

  it("counts for nothing where the manifest is about another image", () => {
    const foreign = makeSimpleSignature(stranger, payloadFor(target));
    expect(verifyCandidate({ ...foreign, foreignSubject: true }, context)).toMatchObject([{ kind: "not-evidence", evidence: "nothing" }]);
    const junk = makeCandidate("sigstore-bundle", "{", { foreignSubject: true });
    expect(verifyCandidate(junk, context)).toMatchObject([{ kind: "not-evidence", evidence: "nothing" }]);
  });

  it("makes the signature of an allowed signer a misbound one where the manifest is about another image", () => {
    const other = makeSimpleSignature(key, payloadFor(digestOf("other")));
    for (const candidate of [signature, other]) {
      expect(verifyCandidate({ ...candidate, foreignSubject: true }, context)).toMatchObject([
        { kind: "rejected", reason: "wrong-digest" },
      ]);
    }
  });
});

describe("the signers of a policy", () => {
  it("count until their end for digests that were first seen before it", () => {
    const ending = policyOf([keySigner("release", key.pem, NOW)]);
    expect(verifyCandidate(signature, contextOf(ending, target, { firstSeen: NOW - 1 }))).toMatchObject([{ kind: "verified" }]);
    expect(verifyCandidate(signature, contextOf(ending, target, { firstSeen: NOW }))).toMatchObject([
      { kind: "rejected", reason: "expired" },
    ]);
  });

  it("are told as misbound rather than as ended where the digest differs too", () => {
    const ended = contextOf(policyOf([keySigner("release", key.pem, NOW)]), digestOf("other"));
    expect(verifyCandidate(signature, ended)).toMatchObject([{ kind: "rejected", reason: "wrong-digest" }]);
  });

  it("are one where a key is listed twice", () => {
    const twice = contextOf(policyOf([keySigner("old", key.pem, NOW), keySigner("first", key.pem), keySigner("second", key.pem)]), target);
    expect(verifyCandidate(signature, twice)).toMatchObject([{ kind: "verified", signer: { signer: "first" } }]);
  });

  it("are left out where they are of another kind or cannot be read", () => {
    const mixed = policyOf([
      {
        kind: "keyless",
        name: "workflow",
        until: null,
        issuer: "https://issuer",
        subject: "s",
        subjectPattern: null,
        github: null,
        trustedRoot: "public-good",
      },
      keySigner("kms", null),
      keySigner("broken", "no key"),
      keySigner("release", key.pem),
    ]);
    expect(verifyCandidate(signature, contextOf(mixed, target))).toMatchObject([{ kind: "verified", signer: { signer: "release" } }]);
  });

  it("may be none: then every signature is a stranger's", () => {
    expect(verifyCandidate(signature, contextOf(policyOf([]), target))).toMatchObject([{ kind: "rejected", reason: "unexpected-signer" }]);
  });
});

describe("a policy that asks for the transparency log", () => {
  const entry = {
    logId: { keyId: "AAAA" },
    kindVersion: { kind: "dsse", version: "0.0.1" },
    inclusionProof: { checkpoint: { envelope: "x" } },
  };
  const bundle = (tlogEntries: object[]) =>
    makeCandidate("sigstore-bundle", makeBundle(makeEnvelope([key], statementFor(target)), key.hint, { material: { tlogEntries } }));
  const logged = makeSimpleSignature(key, payloadFor(target), { "dev.sigstore.cosign/bundle": "{}" });

  it.each([
    ["none", [signature, logged, bundle([]), bundle([entry])], "verified"],
    ["optional", [signature, bundle([])], "verified"],
    ["optional", [logged, bundle([entry])], "trust-missing"],
    ["required", [signature, bundle([])], "rejected"],
    ["required", [logged, bundle([entry])], "trust-missing"],
  ] as const)("as %s never takes an entry on trust", (transparencyLog, candidates, kind) => {
    const asking = contextOf(policyOf(context.policy.signers, { transparencyLog }), target);
    expect(candidates.map((candidate) => verifyCandidate(candidate, asking)[0]!.kind)).toEqual(candidates.map(() => kind));
  });
});
