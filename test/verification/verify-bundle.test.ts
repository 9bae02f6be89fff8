import { describe, expect, it } from "vitest";
import { digestOf, hexOf } from "../../lib/oci/digest.ts";
import type { CandidateResult } from "../../lib/verification/candidate-result.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import {
  makeBundle,
  makeCandidate,
  makeEcKey,
  makeEd25519Key,
  makeEnvelope,
  makeRsaKey,
  statementFor,
  type TestKey,
} from "./make-candidate.ts";
import { makeCertificate } from "./make-certificate.ts";
import { contextOf, keySigner, policyOf } from "./policy-of-keys.ts";

const target = digestOf("image");
const key = makeEcKey();
const stranger = makeEcKey();
const context = contextOf(policyOf([keySigner("release", key.pem)]), target);
const statement = statementFor(target);

function judge(bundle: string, chosen = context): CandidateResult[] {
  return verifyCandidate(makeCandidate("sigstore-bundle", bundle), chosen);
}

function reasonOf(bundle: string, chosen = context): string {
  const results = judge(bundle, chosen);
  expect(results).toHaveLength(1);
  return results[0]!.kind === "rejected" ? results[0]!.reason : results[0]!.kind;
}

describe("a bundle by key", () => {
  it.each([
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
  ])("of media type %s is verified", (mediaType) => {
    expect(reasonOf(makeBundle(makeEnvelope([key], statement), key.hint, { document: { mediaType } }))).toBe("verified");
  });

  it.each(["application/vnd.dev.sigstore.bundle.v0.4+json", "application/vnd.dev.sigstore.bundle.v0.3+jsonx", "application/json", 3])(
    "of media type %s cannot be verified",
    (mediaType) => {
      expect(reasonOf(makeBundle(makeEnvelope([key], statement), key.hint, { document: { mediaType } }))).toBe("unverifiable");
    },
  );

  it("is verified whatever its hint says, because the hint is not signed", () => {
    expect(reasonOf(makeBundle(makeEnvelope([key], statement), stranger.hint))).toBe("verified");
    expect(reasonOf(makeBundle(makeEnvelope([key], statement), ""))).toBe("verified");
  });

  it("that names a configured key which fails is proven invalid", () => {
    expect(reasonOf(makeBundle(makeEnvelope([stranger], statement), key.hint))).toBe("invalid-signature");
  });

  it("that names another key, or none, is a stranger's", () => {
    expect(reasonOf(makeBundle(makeEnvelope([stranger], statement), stranger.hint))).toBe("unexpected-signer");
    expect(reasonOf(makeBundle(makeEnvelope([stranger], statement), ""))).toBe("unexpected-signer");
    expect(reasonOf(makeBundle(makeEnvelope([stranger], statement), "\u202e".repeat(1_000_000)))).toBe("unexpected-signer");
  });

  it("around provenance is an attestation and no signature", () => {
    const envelope = makeEnvelope([key], statementFor(target, { predicateType: "https://slsa.dev/provenance/v1" }));
    expect(judge(makeBundle(envelope, key.hint))).toMatchObject([{ kind: "verified", evidence: "attestation" }]);
  });

  it("with a certificate is a stranger's where the policy names keys only, unless its key did not even sign", () => {
    const rawBytes = (signer: TestKey) => makeCertificate(signer, "https://example.com/release.yml").replace(/-----.*-----|\n/g, "");
    const material = (signer: TestKey) => ({ publicKey: undefined, certificate: { rawBytes: rawBytes(signer) } });
    expect(reasonOf(makeBundle(makeEnvelope([stranger], statement), "", { material: material(stranger) }))).toBe("unexpected-signer");
    expect(reasonOf(makeBundle(makeEnvelope([stranger], statement), "", { material: material(makeEcKey()) }))).toBe("invalid-signature");
    expect(reasonOf(makeBundle(makeEnvelope([key], statement), "", { material: material(stranger) }))).toBe("verified");
  });

  it("with two signatures, or none, cannot be verified", () => {
    expect(reasonOf(makeBundle(makeEnvelope([key, key], statement), key.hint))).toBe("unverifiable");
    expect(reasonOf(makeBundle(makeEnvelope([], statement), key.hint))).toBe("unverifiable");
  });

  it("with more log entries or timestamps than are looked at cannot be verified", () => {
    const entries = Array.from({ length: 5 }, () => ({}));
    const envelope = makeEnvelope([key], statement);
    const [byEntries] = judge(makeBundle(envelope, key.hint, { material: { tlogEntries: entries } }));
    const [byTimestamps] = judge(
      makeBundle(envelope, key.hint, { material: { timestampVerificationData: { rfc3161Timestamps: entries } } }),
    );
    expect(byEntries).toMatchObject({ reason: "unverifiable", detail: "a bundle with 5 log entries, past the limit of 4" });
    expect(byTimestamps).toMatchObject({ reason: "unverifiable", detail: "a bundle with 5 timestamps, past the limit of 4" });
  });

  const envelope = makeEnvelope([key], statement) as { payload: string };

  it.each([
    ["that is no JSON", "{"],
    ["that is empty", ""],
    ["that is null", "null"],
    ["with a member twice", makeBundle(envelope, key.hint).replace("{", `{"mediaType":"x",`)],
    ["without material", makeBundle(envelope, key.hint, { document: { verificationMaterial: undefined } })],
    ["with a text for material", makeBundle(envelope, key.hint, { document: { verificationMaterial: "key" } })],
    ["with null for material", makeBundle(envelope, key.hint, { document: { verificationMaterial: null } })],
    ["with a number for log entries", makeBundle(envelope, key.hint, { material: { tlogEntries: 1 } })],
    ["with a log entry of null", makeBundle(envelope, key.hint, { material: { tlogEntries: [null] } })],
    ["without content", makeBundle(envelope, key.hint, { document: { dsseEnvelope: undefined } })],
    ["with two contents", makeBundle(envelope, key.hint, { document: { messageSignature: { signature: "AAAA" } } })],
    ["with a payload of foreign characters", makeBundle({ ...envelope, payload: `${envelope.payload}!` }, key.hint)],
  ])("%s counts as a signature that cannot be verified", (_, text) => {
    expect(judge(text)).toMatchObject([{ kind: "rejected", reason: "unverifiable", evidence: "signature" }]);
  });

  it("past the limit of bytes is not read", () => {
    expect(reasonOf(" ".repeat(16 * 1024 * 1024 + 1))).toBe("unverifiable");
  });
});

describe("a bundle with a signature over the manifest itself", () => {
  const rsa = makeRsaKey(2048);
  const rsaContext = contextOf(policyOf([keySigner("release", rsa.pem)]), target);

  function messageBundle(signer: TestKey, message: string, digest = digestOf(message)): string {
    const messageDigest = { algorithm: "SHA2_256", digest: Buffer.from(hexOf(digest), "hex").toString("base64") };
    const messageSignature = { messageDigest, signature: signer.sign(Buffer.from(message)).toString("base64") };
    return makeBundle({}, signer.hint, { document: { dsseEnvelope: undefined, messageSignature } });
  }

  it("is verified by the target's digest with an RSA key", () => {
    expect(judge(messageBundle(rsa, "image"), rsaContext)).toMatchObject([
      { kind: "verified", evidence: "signature", predicateType: null },
    ]);
  });

  it("does not count for another image, whatever digest it says", () => {
    expect(reasonOf(messageBundle(rsa, "another image"), rsaContext)).toBe("unverifiable");
    expect(reasonOf(messageBundle(rsa, "another image", target), rsaContext)).toBe("invalid-signature");
  });

  it("by another RSA key is a stranger's", () => {
    expect(reasonOf(messageBundle(makeRsaKey(2048), "image"), rsaContext)).toBe("unexpected-signer");
  });

  it("is verified for keys on P-256 and P-384 by the digest alone", () => {
    expect(reasonOf(messageBundle(key, "image"))).toBe("verified");
    const wide = makeEcKey("P-384");
    expect(reasonOf(messageBundle(wide, "image"), contextOf(policyOf([keySigner("wide", wide.pem)]), target))).toBe("verified");
    expect(reasonOf(messageBundle(makeEcKey(), "image"))).not.toBe("verified");
  });

  it("by Ed25519 needs the bytes, because only they are signed", () => {
    const edwards = makeEd25519Key();
    const policy = policyOf([keySigner("edwards", edwards.pem)]);
    expect(reasonOf(messageBundle(edwards, "image"), contextOf(policy, target))).toBe("unverifiable");
    expect(reasonOf(messageBundle(edwards, "image"), contextOf(policy, target, { artifact: Buffer.from("image") }))).toBe("verified");
  });

  it("that is no base64 is proven invalid", () => {
    const bundle = messageBundle(rsa, "image").replace(/"signature":"./, '"signature":"!');
    expect(reasonOf(bundle, rsaContext)).toBe("invalid-signature");
  });
});

describe("a bundle of megabytes that nobody signed", () => {
  const signed = makeBundle(makeEnvelope([key], statement), key.hint);
  const padded = (padding: string): string => signed.replace("{", `{"padding":${padding},`);

  it.each([
    ["of tiny objects", `[${"{},".repeat(20_000)}{}]`],
    ["nested deep", "[".repeat(40) + "]".repeat(40)],
    ["of many keys", JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, 0])))],
    ["of text beside the payload", JSON.stringify("x".repeat(5 * 1024 * 1024))],
  ])("is unverifiable before anything of it is read: %s", (_what, padding) => {
    expect(judge(signed)[0]!.kind).toBe("verified");
    expect(reasonOf(padded(padding))).toBe("unverifiable");
  });

  it("is verified if the megabytes are its signed payload", () => {
    const large = statementFor(target, { predicateType: "https://spdx.dev/Document", predicate: { text: "x".repeat(8 * 1024 * 1024) } });
    expect(judge(makeBundle(makeEnvelope([key], large), key.hint))[0]!.kind).toBe("verified");
  });
});
