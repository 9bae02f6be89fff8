import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import type { KeylessSigner } from "../../lib/watchlist/watch-list.ts";
import { SIGNED_AT, signKeyless, type KeylessOptions } from "../sigstore/sign-keyless.ts";
import { ISSUER, makeSigstore, SUBJECT } from "../sigstore/test-sigstore.ts";
import { contextOf, NOW, policyOf } from "./policy-of-keys.ts";

type Authorities = { validFor?: object; publicKey?: { validFor: object } }[];

const sigstore = makeSigstore();
const target = digestOf("the image itself");
const BEFORE = new Date(SIGNED_AT - 86_400_000).toISOString();
const AFTER = new Date(SIGNED_AT + 86_400_000).toISOString();

/** The root with an end for its authorities of some kinds. */
function rootUntil(end: string, ...kinds: string[]): string {
  const root = JSON.parse(sigstore.trustedRoot) as Record<string, Authorities>;
  const period = { start: "2026-01-01T00:00:00Z", end };
  for (const authority of kinds.flatMap((kind) => root[kind]!)) {
    if (authority.publicKey === undefined) authority.validFor = period;
    else authority.publicKey.validFor = period;
  }
  return JSON.stringify(root);
}

function judge(trustedRoot: string, options: KeylessOptions = {}): object {
  const common = { kind: "keyless", name: "release", until: null, subjectPattern: null, github: null } as const;
  const signer: KeylessSigner = { ...common, issuer: ISSUER, subject: SUBJECT, trustedRoot };
  const context = contextOf(policyOf([signer]), target, { trust: createTrustStore(new Map(), NOW).find });
  return verifyCandidate(signKeyless(sigstore, target, options), context)[0]!;
}

describe("a root file that has ended", () => {
  it.each([
    ["every authority of certificates", ["certificateAuthorities"]],
    ["every log", ["tlogs"]],
  ])("is too old for what was signed later: %s", (_, kinds) => {
    expect(judge(rootUntil(BEFORE, ...kinds))).toMatchObject({
      kind: "trust-missing",
      code: "trusted-root-too-old",
      detail: expect.stringContaining(`the trusted root is too old: it ended on ${BEFORE.slice(0, 10)}`) as string,
    });
  });

  it("still verifies what was signed before", () => {
    expect(judge(rootUntil(AFTER, "certificateAuthorities", "tlogs", "ctlogs"))).toMatchObject({ kind: "verified" });
  });

  it("says nothing of strangers, who stay strangers", () => {
    const root = rootUntil(BEFORE, "certificateAuthorities");
    expect(judge(root, { subject: "https://github.com/stranger/app" })).toMatchObject({ kind: "rejected", reason: "unexpected-signer" });
  });

  it("is not too old while one authority of each kind goes on", () => {
    const ended = JSON.parse(rootUntil(BEFORE, "tlogs")) as Record<string, object[]>;
    const other = JSON.parse(makeSigstore("other").trustedRoot) as Record<string, object[]>;
    const root = JSON.stringify({ ...ended, tlogs: [...ended["tlogs"]!, ...other["tlogs"]!] });
    expect(judge(root)).toMatchObject({ kind: "rejected", reason: "policy-unmet" });
  });
});
