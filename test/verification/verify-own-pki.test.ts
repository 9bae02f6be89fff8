import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { AUTHORITY, CODE_SIGNING, makeKeyPair, makeX509, SIGNS, TIME_STAMPING, toPem } from "../sigstore/test-pki.ts";
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
});
