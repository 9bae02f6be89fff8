import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { oid, sequence } from "../sigstore/der.ts";
import { AUTHORITY, CODE_SIGNING, extension, makeKeyPair, makeX509, SIGNS, TIME_STAMPING, toPem } from "../sigstore/test-pki.ts";
import { makeCandidate, payloadFor } from "./make-candidate.ts";
import { contextOf, NOW, policyOf } from "./policy-of-keys.ts";

const target = digestOf("image");
const YEAR = 365 * 86_400_000;
const lasting = { from: NOW - YEAR, to: NOW + YEAR };
const [rootKey, middleKey, leafKey] = [makeKeyPair("P-384"), makeKeyPair(), makeKeyPair()];
const root = makeX509({ ...lasting, subject: "Acme root", issuer: "Acme root", key: rootKey, signer: rootKey, extensions: AUTHORITY });
const middle = makeX509({
  ...lasting,
  subject: "Acme signing",
  issuer: "Acme root",
  key: middleKey,
  signer: rootKey,
  extensions: AUTHORITY,
});

function makeLeaf(changes: Partial<Parameters<typeof makeX509>[0]> = {}): Buffer {
  const common = { ...lasting, subject: "release", issuer: "Acme signing", key: leafKey, signer: middleKey };
  return makeX509({ ...common, extensions: [SIGNS, CODE_SIGNING], ...changes });
}

function judge(leaf: Buffer, configured: readonly Buffer[], chain: readonly Buffer[] = [], now = NOW): string {
  const signer = { kind: "certificates", name: "pki", until: null, pems: configured.map((certificate) => toPem(certificate)) } as const;
  const payload = payloadFor(target);
  const annotations = {
    "dev.cosignproject.cosign/signature": sign("sha256", Buffer.from(payload), leafKey.privateKey).toString("base64"),
    "dev.sigstore.cosign/certificate": toPem(leaf),
    "dev.sigstore.cosign/chain": chain.map((certificate) => toPem(certificate)).join(""),
  };
  const result = verifyCandidate(
    makeCandidate("simple-signing", payload, { annotations }),
    contextOf(policyOf([signer]), target, { now }),
  )[0]!;
  return result.kind === "rejected" ? result.reason : result.kind;
}

describe("a signature by a certificate of an own PKI", () => {
  it("is verified up to a configured root, through configured certificates or those beside the signature", () => {
    expect(judge(makeLeaf(), [root, middle])).toBe("verified");
    expect(judge(makeLeaf(), [root], [middle, root])).toBe("verified");
  });

  it("is verified where the signing certificate itself is configured", () => {
    expect(judge(makeLeaf(), [makeLeaf()])).toBe("unexpected-signer");
    const leaf = makeLeaf();
    expect(judge(leaf, [leaf])).toBe("verified");
  });

  it("is a stranger's without a way to a configured root, whatever lies beside it", () => {
    const [otherKey, other] = [makeKeyPair(), makeKeyPair("P-384")];
    const foreignRoot = makeX509({
      ...lasting,
      subject: "Acme root",
      issuer: "Acme root",
      key: other,
      signer: other,
      extensions: AUTHORITY,
    });
    const foreign = makeX509({
      ...lasting,
      subject: "Acme signing",
      issuer: "Acme root",
      key: otherKey,
      signer: other,
      extensions: AUTHORITY,
    });
    expect(judge(makeLeaf(), [root])).toBe("unexpected-signer");
    expect(judge(makeLeaf({ signer: otherKey }), [root], [foreign, foreignRoot])).toBe("unexpected-signer");
    expect(judge(makeLeaf(), [foreignRoot], [middle, root])).toBe("unexpected-signer");
  });

  it("is a stranger's where an issuer on the way is no authority", () => {
    const powerless = makeX509({
      ...lasting,
      subject: "Acme signing",
      issuer: "Acme root",
      key: middleKey,
      signer: rootKey,
      extensions: [SIGNS],
    });
    expect(judge(makeLeaf(), [root, powerless])).toBe("unexpected-signer");
  });

  it("has expired with its certificate, because nothing else says when it was made", () => {
    expect(judge(makeLeaf(), [root, middle], [], NOW + 2 * YEAR)).toBe("expired");
    expect(judge(makeLeaf({ to: NOW - 1000 }), [root, middle])).toBe("expired");
  });

  it("needs a certificate that may sign", () => {
    expect(judge(makeLeaf({ extensions: [SIGNS] }), [root, middle])).toBe("verified");
    expect(judge(makeLeaf({ extensions: [SIGNS, TIME_STAMPING] }), [root, middle])).toBe("unverifiable");
    expect(judge(makeLeaf({ extensions: AUTHORITY }), [root, middle])).toBe("unverifiable");
  });

  it("is not verified through an authority that may not issue for code", () => {
    const issuers: [name: string, extensions: Buffer[]][] = [
      ["for web servers", [...AUTHORITY, extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1")))]],
      ["for some names only", [...AUTHORITY, extension("2.5.29.30", sequence(), true)]],
      ["with something critical that nobody knows", [...AUTHORITY, extension("1.2.3.4", sequence(), true)]],
    ];
    for (const [name, extensions] of issuers) {
      const issuer = makeX509({ ...lasting, subject: "Acme signing", issuer: "Acme root", key: middleKey, signer: rootKey, extensions });
      expect({ name, configured: judge(makeLeaf(), [root, issuer]), offered: judge(makeLeaf(), [root], [issuer]) }).toEqual({
        name,
        configured: "unexpected-signer",
        offered: "unexpected-signer",
      });
    }
  });

  it("is verified by whichever way leads there, in any order", () => {
    const otherRoot = makeKeyPair("P-384");
    const cross = makeX509({
      ...lasting,
      subject: "Acme signing",
      issuer: "Other root",
      key: middleKey,
      signer: otherRoot,
      extensions: AUTHORITY,
    });
    const ended = makeX509({
      from: NOW - YEAR,
      to: NOW - 1000,
      subject: "Acme signing",
      issuer: "Acme root",
      key: middleKey,
      signer: rootKey,
      extensions: AUTHORITY,
    });
    const endedRoot = makeX509({
      from: NOW - YEAR,
      to: NOW - 1000,
      subject: "Acme root",
      issuer: "Acme root",
      key: rootKey,
      signer: rootKey,
      extensions: AUTHORITY,
    });
    for (const chain of [
      [cross, middle],
      [middle, cross],
      [ended, middle],
    ])
      expect(judge(makeLeaf(), [root], chain)).toBe("verified");
    expect(judge(makeLeaf(), [endedRoot, root], [middle])).toBe("verified");
    expect(judge(makeLeaf(), [root], [ended])).toBe("expired");
  });

  it("throws nothing for a certificate that names nobody, and parses none that is huge", () => {
    expect(judge(makeLeaf({ subject: "" }), [root, middle])).toBe("verified");
    expect(judge(makeLeaf({ subject: "", signer: makeKeyPair(), issuer: "" }), [root, middle])).toBe("unexpected-signer");
    const huge = makeLeaf({ extensions: [SIGNS, extension("1.2.3.4", Buffer.alloc(40 * 1024, Buffer.from([5, 0])))] });
    expect(judge(huge, [root, middle])).toBe("unverifiable");
  });
});
