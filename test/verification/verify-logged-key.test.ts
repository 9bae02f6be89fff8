import { createHash, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import type { KeySigner, Policy } from "../../lib/watchlist/watch-list.ts";
import { SIGNED_AT } from "../sigstore/sign-keyless.ts";
import { makeLogAnnotation } from "../sigstore/test-log.ts";
import { makeKeyPair, type KeyPair } from "../sigstore/test-pki.ts";
import { makeSigstore } from "../sigstore/test-sigstore.ts";
import { makeCandidate, payloadFor } from "./make-candidate.ts";
import { contextOf, NOW, policyOf } from "./policy-of-keys.ts";

const sigstore = makeSigstore();
const stranger = makeSigstore("stranger");
const target = digestOf("image");
const key = makeKeyPair();

function pemOf({ publicKey }: KeyPair): string {
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

function signer(changes: Partial<KeySigner> = {}): KeySigner {
  return {
    kind: "key",
    name: "release",
    until: null,
    pem: pemOf(key),
    source: "release.pub",
    trustedRoot: sigstore.trustedRoot,
    ...changes,
  };
}

function judge(candidate: Candidate, transparencyLog: Policy["transparencyLog"], changes: Partial<KeySigner> = {}) {
  const policy = policyOf([signer(changes)], { transparencyLog });
  return verifyCandidate(candidate, contextOf(policy, target, { trust: createTrustStore(new Map(), NOW).find }))[0]!;
}

interface Options {
  readonly log?: typeof sigstore.log;
  readonly loggedKey?: KeyPair;
  readonly loggedBytes?: string;
}

/** A simple signature by key with its log entry; without options for the log, none. */
function signLogged(options: Options | null): Candidate {
  const payload = payloadFor(target);
  const signature = sign("sha256", Buffer.from(payload), key.privateKey).toString("base64");
  const annotations = { "dev.cosignproject.cosign/signature": signature };
  if (options === null) return makeCandidate("simple-signing", payload, { annotations });
  const { log = sigstore.log, loggedKey = key, loggedBytes = payload } = options;
  const hash = { algorithm: "sha256", value: createHash("sha256").update(loggedBytes).digest("hex") };
  const spec = {
    data: { hash },
    signature: { content: signature, publicKey: { content: Buffer.from(pemOf(loggedKey)).toString("base64") } },
  };
  const entry = makeLogAnnotation(log, { apiVersion: "0.0.1", kind: "hashedrekord", spec }, SIGNED_AT);
  return makeCandidate("simple-signing", payload, { annotations: { ...annotations, "dev.sigstore.cosign/bundle": entry } });
}

describe("a signature by key with an entry in the log", () => {
  it("carries the log's time and index", () => {
    const result = judge(signLogged({}), "required");
    expect(result).toMatchObject({ kind: "verified", signer: { signedAt: new Date(SIGNED_AT).toISOString() }, proof: { logIndex: 1 } });
  });

  it("is verified without a look at the log where the policy wants none", () => {
    expect(judge(signLogged({ log: stranger.log }), "none")).toMatchObject({ kind: "verified", signer: { signedAt: null } });
  });

  it("is refused for a wrong entry that is there, also where none is needed", () => {
    const wrong = [signLogged({ loggedKey: makeKeyPair() }), signLogged({ loggedBytes: "other bytes" })];
    for (const candidate of wrong) {
      expect(judge(candidate, "optional")).toMatchObject({ kind: "rejected", reason: "policy-unmet" });
      expect(judge(candidate, "required")).toMatchObject({ kind: "rejected", reason: "policy-unmet" });
    }
  });

  it("needs one of a log that the root names only where the policy requires it", () => {
    expect(judge(signLogged(null), "optional").kind).toBe("verified");
    expect(judge(signLogged({ log: stranger.log }), "optional").kind).toBe("verified");
    expect(judge(signLogged(null), "required")).toMatchObject({ kind: "rejected", reason: "policy-unmet" });
    expect(judge(signLogged({ log: stranger.log }), "required")).toMatchObject({ kind: "rejected", reason: "policy-unmet" });
  });

  it("needs a log that was in service when it says that it took the entry", () => {
    const root = JSON.parse(sigstore.trustedRoot) as { tlogs: { publicKey: { validFor: object } }[] };
    root.tlogs[0]!.publicKey.validFor = { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" };
    expect(judge(signLogged({}), "required", { trustedRoot: JSON.stringify(root) })).toMatchObject({ reason: "policy-unmet" });
  });

  it("is found in a log that the root lists twice, or whose checkpoints are signed under another key id", () => {
    const root = JSON.parse(sigstore.trustedRoot) as { tlogs: { publicKey: object }[] };
    const [log] = root.tlogs;
    const ended = { ...log, publicKey: { ...log!.publicKey, validFor: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" } } };
    const otherId = { ...log, checkpointKeyId: { keyId: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" } };
    for (const tlogs of [[ended, log], [otherId]])
      expect(judge(signLogged({}), "required", { trustedRoot: JSON.stringify({ ...root, tlogs }) }).kind).toBe("verified");
  });

  it("takes the root of whichever entry lists the key", () => {
    const policy = policyOf([signer({ trustedRoot: stranger.trustedRoot }), signer({ name: "second" })], { transparencyLog: "required" });
    const context = contextOf(policy, target, { trust: createTrustStore(new Map(), NOW).find });
    expect(verifyCandidate(signLogged({}), context)[0]).toMatchObject({ kind: "verified", signer: { signer: "second" } });
  });

  it("stays open while the root that names the logs is missing", () => {
    expect(judge(signLogged({}), "required", { trustedRoot: "public-good" })).toMatchObject({ kind: "trust-missing" });
    expect(judge(signLogged(null), "required", { trustedRoot: "public-good" })).toMatchObject({ reason: "policy-unmet" });
  });
});

describe("a key that counts for a period", () => {
  const within = { signedBetween: [SIGNED_AT - 1000, SIGNED_AT + 1000] } as const;
  const before = { signedBetween: [SIGNED_AT - 2000, SIGNED_AT - 1000] } as const;

  it("counts for signatures that a log took in within it", () => {
    expect(judge(signLogged({}), "none", within).kind).toBe("verified");
    expect(judge(signLogged({}), "required", before)).toMatchObject({ kind: "rejected", reason: "expired" });
  });

  it("does not count where nothing proves when it signed", () => {
    expect(judge(signLogged(null), "none", within)).toMatchObject({ kind: "rejected", reason: "expired" });
  });
});
