import { describe, expect, it } from "vitest";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import type { VerificationContext } from "../../lib/verification/verification-context.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import type { KeylessSigner, Policy } from "../../lib/watchlist/watch-list.ts";
import { SIGNED_AT, signKeyless, type KeylessOptions } from "../sigstore/sign-keyless.ts";
import { ISSUER, makeSigstore, SUBJECT } from "../sigstore/test-sigstore.ts";
import { AUTHORITY, CODE_SIGNING, makeKeyPair, SIGNS, TIME_STAMPING } from "../sigstore/test-pki.ts";
import { contextOf, NOW, policyOf } from "./policy-of-keys.ts";

const sigstore = makeSigstore();
const stranger = makeSigstore("stranger");
const target = digestOf("the image itself");
const trust = createTrustStore(new Map(), NOW);

function keyless(changes: Partial<KeylessSigner> = {}): KeylessSigner {
  const common = { kind: "keyless", name: "release", until: null, subjectPattern: null, github: null } as const;
  return { ...common, issuer: ISSUER, subject: SUBJECT, trustedRoot: sigstore.trustedRoot, ...changes };
}

function contextFor(signer = keyless(), policy: Partial<Policy> = {}, changes: Partial<VerificationContext> = {}): VerificationContext {
  return contextOf(policyOf([signer], { accept: ["signature", "attestation"], ...policy }), target, { trust: trust.find, ...changes });
}

function judge(candidate: Candidate, context = contextFor()) {
  return verifyCandidate(candidate, context)[0]!;
}

function reasonOf(options: KeylessOptions, context = contextFor()): string {
  const result = judge(signKeyless(sigstore, target, options), context);
  return result.kind === "rejected" ? result.reason : result.kind;
}

const stamps = sigstore.timestamps;

describe("a keyless signature", () => {
  const forms: [string, KeylessOptions][] = [
    ["a simple signature with a log's promise", {}],
    ["a simple signature with promise and timestamp", { timestamps: stamps }],
    ["an attestation in cosign's tag", { form: "attestation", predicateType: "https://slsa.dev/provenance/v1" }],
    ["an attestation in cosign's tag, its whole envelope stamped", { form: "attestation", timestamps: stamps }],
    ["a bundle with promise and proof", { form: "bundle" }],
    ["a bundle with proof and timestamp", { form: "bundle", promise: false, timestamps: stamps }],
    ["a bundle over the manifest itself", { form: "message" }],
  ];

  it.each(forms)("verifies as %s", (_, options) => {
    const result = judge(signKeyless(sigstore, target, options));
    expect(result).toMatchObject({
      kind: "verified",
      signer: { signer: "release", kind: "keyless", identity: SUBJECT, issuer: ISSUER, signedAt: new Date(SIGNED_AT).toISOString() },
      proof: { identity: SUBJECT },
    });
  });

  it("says who vouches for its time, and where in the log it is", () => {
    const { proof } = judge(signKeyless(sigstore, target, { form: "bundle", timestamps: stamps }));
    const at = new Date(SIGNED_AT).toISOString();
    expect(proof).toMatchObject({
      logIndex: 1,
      times: [
        { at, by: "rekor.test" },
        { at, by: "tsa.test" },
      ],
    });
  });

  it("is judged the same years after its certificate ended", () => {
    expect(judge(signKeyless(sigstore, target), contextFor(keyless(), {}, { now: NOW + 3e11 })).kind).toBe("verified");
  });
});

describe("what a keyless verdict rests on", () => {
  const other = digestOf("another image");
  const HOUR = 3_600_000;

  it("the digest: signed bytes that name another are wrong-digest", () => {
    for (const form of ["simple-signing", "bundle", "attestation"] as const) {
      expect(judge(signKeyless(sigstore, other, { form }))).toMatchObject({ kind: "rejected", reason: "wrong-digest" });
    }
    expect(judge(signKeyless(sigstore, other, { form: "message" })).kind).toBe("rejected");
  });

  const faults: [check: string, options: KeylessOptions, reason: string][] = [
    ["the certificate's validity: one that ended before the log's time", { issuedAt: SIGNED_AT - HOUR }, "expired"],
    [
      "the certificate's validity: one that ended before the timestamp",
      { form: "bundle", promise: false, timestamps: stamps, issuedAt: SIGNED_AT - HOUR },
      "expired",
    ],
    [
      "the log entry: one for other bytes",
      { entry: (body) => changed(body, (text) => text.replace(/"value":"[0-9a-f]{4}/, '"value":"0000')) },
      "policy-unmet",
    ],
    [
      "the log entry: one for another signature",
      { entry: (body) => changed(body, (text) => text.replace('"content":"M', '"content":"N')) },
      "policy-unmet",
    ],
    [
      "the log entry: one for another envelope",
      {
        form: "bundle",
        entry: (body) => changed(body, (text) => text.replace(/"payloadHash":(.*?)"value":"[0-9a-f]{4}/, '"payloadHash":$1"value":"0000')),
      },
      "policy-unmet",
    ],
    ["the log entry: one of another kind", { entry: (body) => ({ ...body, kind: "helm" }) }, "policy-unmet"],
    ["the log: none that the root names", { log: stranger.log }, "policy-unmet"],
    ["the log: an entry that no known log holds, with a good timestamp", { form: "bundle", log: null, timestamps: stamps }, "policy-unmet"],
    ["a signed time: no entry and no timestamp", { log: null }, "policy-unmet"],
    ["a signed time: the time of an entry that only a proof vouches for", { form: "bundle", promise: false }, "policy-unmet"],
    ["the certificate's log: no SCT", { sct: "missing" }, "policy-unmet"],
    ["the certificate's log: an SCT over another certificate", { sct: "forged" }, "policy-unmet"],
    ["the certificate's log: an SCT of a log that the root does not name", { sct: "of-unknown-log" }, "policy-unmet"],
    [
      "the timestamp: one by an authority that the root does not name",
      { form: "bundle", promise: false, timestamps: stranger.timestamps },
      "policy-unmet",
    ],
    ["the identity: another subject", { subject: `${SUBJECT}0` }, "unexpected-signer"],
    ["the identity: another issuer", { issuer: "https://accounts.example" }, "unexpected-signer"],
  ];

  it.each(faults)("%s", (_, options, reason) => {
    expect(reasonOf(options)).toBe(reason);
  });

  it("the chain: a certificate by another root", () => {
    expect(judge(signKeyless(stranger, target, { log: sigstore.log }))).toMatchObject({ kind: "rejected", reason: "unexpected-signer" });
  });

  it("the issuer's signature: a certificate by an authority of the same name", () => {
    const namesake = makeSigstore("test");
    expect(judge(signKeyless(namesake, target, { log: sigstore.log }))).toMatchObject({ kind: "rejected", reason: "unexpected-signer" });
  });

  it("the issuer's rights: a certificate by one that is no authority", () => {
    const powerless = makeSigstore("test", [SIGNS]);
    const context = contextFor(keyless({ trustedRoot: powerless.trustedRoot }));
    expect(judge(signKeyless(powerless, target), context)).toMatchObject({ kind: "rejected", reason: "unexpected-signer" });
  });

  const period = { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" };
  // Of certificate authorities and logs there is one each: with it the whole root has ended, which is no fault of the signature.
  const ended: [check: string, list: string, options: KeylessOptions, reason: string][] = [
    ["the authority's period", "certificateAuthorities", {}, "trust-missing"],
    ["the log's period", "tlogs", {}, "trust-missing"],
    ["the log's period, where a timestamp says when", "tlogs", { form: "bundle", promise: false, timestamps: stamps }, "trust-missing"],
    ["the certificate log's period", "ctlogs", {}, "policy-unmet"],
    ["the timestamp authority's period", "timestampAuthorities", { form: "bundle", promise: false, timestamps: stamps }, "policy-unmet"],
  ];

  it.each(ended)("%s", (_, list, options, reason) => {
    const root = JSON.parse(sigstore.trustedRoot) as Record<string, { validFor?: object; publicKey?: { validFor: object } }[]>;
    for (const authority of root[list]!) Object.assign(authority.publicKey ?? authority, { validFor: period });
    expect(reasonOf(options, contextFor(keyless({ trustedRoot: JSON.stringify(root) })))).toBe(reason);
  });

  it("a time that somebody signed, also under a root without logs", () => {
    const root = JSON.parse(sigstore.trustedRoot) as object;
    const context = contextFor(keyless({ trustedRoot: JSON.stringify({ ...root, tlogs: [], ctlogs: [] }) }));
    expect(reasonOf({ form: "bundle" }, context)).toBe("policy-unmet");
    expect(reasonOf({ form: "bundle", log: null, sct: "missing", timestamps: stamps }, context)).toBe("verified");
  });

  it("nothing else: timestamps and entries of strangers beside good ones take nothing away", () => {
    expect(reasonOf({ form: "bundle", timestamps: stranger.timestamps })).toBe("verified");
    const candidate = signKeyless(sigstore, target, { form: "bundle" });
    const foreign = signKeyless(sigstore, target, { form: "bundle", log: stranger.log });
    const entryOf = (bundle: Candidate): string => /"tlogEntries":\[(.*)\],?"?/.exec(textOf(bundle).split('"dsseEnvelope"')[0]!)![1]!;
    const both = withBundle(candidate, (bundle) => bundle.replace('"tlogEntries":[', () => `"tlogEntries":[${entryOf(foreign)},`));
    expect(judge(both).kind).toBe("verified");
  });

  it("the signer in the log entry: one that names another certificate", () => {
    const foreign = Buffer.from("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----").toString("base64");
    expect(
      reasonOf({
        entry: (body) => changed(body, (text) => text.replace(/"publicKey":\{"content":"[^"]*"/, `"publicKey":{"content":"${foreign}"`)),
      }),
    ).toBe("policy-unmet");
    expect(
      reasonOf({ form: "bundle", entry: (body) => changed(body, (text) => text.replace(/"verifier":"[^"]*"/, `"verifier":"${foreign}"`)) }),
    ).toBe("policy-unmet");
  });

  const bytesOf = (candidate: Candidate): Candidate & { content: { bytes: Uint8Array } } => candidate as never;
  const textOf = (candidate: Candidate): string => Buffer.from(bytesOf(candidate).content.bytes).toString();
  const withBundle = (candidate: Candidate, change: (bundle: string) => string): Candidate => {
    const bytes = Buffer.from(change(Buffer.from(bytesOf(candidate).content.bytes).toString()));
    return { ...candidate, content: { kind: "bytes", bytes } };
  };

  const forged: [check: string, member: RegExp, reason: string][] = [
    ["the promise (SET): one that was forged", /("signedEntryTimestamp":"[A-Za-z0-9+/]{30})(.)/, "policy-unmet"],
    ["the promise (SET): another time", /("integratedTime":"\d+)(\d)(?=")/, "policy-unmet"],
    ["the proof: another hash on the way", /("hashes":\["[A-Za-z0-9+/]{8})(.)/, "policy-unmet"],
    ["the proof: another tree than the checkpoint's", /("treeSize":")(2)/, "policy-unmet"],
    ["the proof: another root than the checkpoint's", /("rootHash":"[A-Za-z0-9+/]{8})(.)/, "policy-unmet"],
    ["the checkpoint: one that the log did not sign", /(rekor\.test [A-Za-z0-9+/]{30})(.)/, "policy-unmet"],
    ["the checkpoint: one that names another key of the log", /(\\u2014 rekor\.test |\u2014 rekor\.test )(.)/, "policy-unmet"],
    ["the signature itself", /("sig":"[A-Za-z0-9+/]{20})(.)/, "invalid-signature"],
  ];

  it.each(forged)("%s", (_, member, reason) => {
    const good = signKeyless(sigstore, target, { form: "bundle", timestamps: stamps });
    const bad = withBundle(good, (bundle) =>
      bundle.replace(member, (_whole, before: string, character: string) => before + other64(character)),
    );
    expect(bytesOf(bad).content.bytes).not.toEqual(bytesOf(good).content.bytes);
    expect(judge(good).kind).toBe("verified");
    expect(judge(bad)).toMatchObject({ kind: "rejected", reason });
  });

  it("the timestamp: one over other bytes", () => {
    const [one, two] = [
      signKeyless(sigstore, target, { form: "bundle", timestamps: stamps }),
      signKeyless(sigstore, target, { form: "bundle", timestamps: stamps }),
    ];
    const stolen = /"signedTimestamp":"[^"]*"/.exec(Buffer.from(bytesOf(two).content.bytes).toString())![0];
    expect(judge(withBundle(one, (bundle) => bundle.replace(/"signedTimestamp":"[^"]*"/, stolen)))).toMatchObject({
      kind: "rejected",
      reason: "policy-unmet",
    });
  });

  it("the timestamp: one by another key under the authority's name", () => {
    expect(reasonOf({ form: "bundle", promise: false, timestamps: { ...stamps, key: makeKeyPair() } })).toBe("policy-unmet");
  });

  it("the timestamp: one by a certificate that is not for timestamps", () => {
    const misused = makeSigstore("test", AUTHORITY, CODE_SIGNING);
    const context = contextFor(keyless({ trustedRoot: misused.trustedRoot }));
    expect(judge(signKeyless(misused, target, { form: "bundle", promise: false, timestamps: misused.timestamps }), context)).toMatchObject({
      kind: "rejected",
      reason: "policy-unmet",
    });
  });

  it("the timestamp: the same one twice", () => {
    const good = signKeyless(sigstore, target, { form: "bundle", timestamps: stamps });
    const twice = withBundle(good, (bundle) => bundle.replace(/(\{"signedTimestamp":"[^"]*"\})/, "$1,$1"));
    expect(judge(twice)).toMatchObject({ kind: "rejected", reason: "policy-unmet" });
  });

  it("the predicate's subject: a statement about another digest", () => {
    const result = judge(signKeyless(sigstore, other, { form: "bundle", predicateType: "https://slsa.dev/provenance/v1" }));
    expect(result).toMatchObject({ kind: "rejected", reason: "wrong-digest", evidence: "attestation" });
  });

  it("material that is there: a root that is missing leaves it open, unless the certificate names somebody else", () => {
    const context = contextFor(keyless({ trustedRoot: "github" }));
    expect(judge(signKeyless(sigstore, target), context)).toMatchObject({ kind: "trust-missing", code: "trusted-root-missing" });
    expect(judge(signKeyless(sigstore, other), context)).toMatchObject({ kind: "rejected", reason: "unverifiable" });
    expect(judge(signKeyless(sigstore, target, { subject: "https://github.com/stranger" }), context)).toMatchObject({
      reason: "unexpected-signer",
    });
  });

  it("material that is new enough: a root past its time leaves it open", () => {
    const root = { text: sigstore.trustedRoot, usableUntil: NOW - 1 };
    const old = createTrustStore(new Map([["public-good", root]]), NOW);
    const context = contextFor(keyless({ trustedRoot: "public-good" }), {}, { trust: old.find });
    expect(judge(signKeyless(sigstore, target), context)).toMatchObject({ kind: "trust-missing", code: "trusted-root-too-old" });
    const fresh = createTrustStore(new Map([["public-good", root]]), NOW - 1);
    expect(judge(signKeyless(sigstore, target), { ...context, trust: fresh.find }).kind).toBe("verified");
  });
});

describe("a certificate that is none for signing code", () => {
  const faults: [name: string, options: KeylessOptions][] = [
    ["with a critical extension that nobody knows", { extensions: [Buffer.from("300f06032a03040101ff040530030101ff", "hex")] }],
    ["for another use", { uses: TIME_STAMPING }],
    ["of an authority", { extensions: [AUTHORITY[0]!] }],
  ];

  it.each(faults)("%s is not verified", (_, options) => {
    expect(reasonOf(options)).toBe("unverifiable");
  });
});

function changed(body: object, change: (text: string) => string): object {
  const text = JSON.stringify(body);
  const result = change(text);
  if (result === text) throw new Error("nothing changed");
  return JSON.parse(result) as object;
}

/** Another character that base64 and numbers have. */
function other64(character: string): string {
  return character === "1" ? "3" : "1";
}
