import type { ChangeFacts, Finding } from "../../lib/history/state.ts";
import type { VerifiedSigner } from "../../lib/verification/candidate-result.ts";

export const DIGEST = `sha256:${"6e5d9c0b".repeat(8)}` as const;
export const OTHER_DIGEST = `sha256:${"01234567".repeat(8)}` as const;

export const SIGNER: VerifiedSigner = {
  signer: "ops-key",
  kind: "key",
  identity: OTHER_DIGEST,
  issuer: null,
  place: "cosign-tag",
  artifact: OTHER_DIGEST,
  signedAt: null,
};

export function makeFacts(facts: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    explanation: "every place answered and none holds a signature",
    lookedIn: ["referrers API (empty list)", "tag sha256-6e5d….sig (not found)"],
    alsoServedAs: ["latest", "v1"],
    signedBefore: { tag: "v1.4.1", signers: ["ops-key"], count: 14 },
    lastSeenBefore: "2026-11-19T02:00:00Z",
    check: { tool: "cosign >= 3.0.2", command: `cosign verify --key ops.pub ghcr.io/acme/app@${DIGEST}` },
    owner: null,
    graceSeconds: 0,
    ...facts,
  };
}

/** A version that was pushed unsigned, unless told otherwise. */
export function makeFinding(finding: Partial<Finding> = {}): Finding {
  const openedAt = finding.openedAt ?? "2026-11-20T02:00:00Z";
  return {
    id: "7Q3K9D2M",
    version: 1,
    cause: "release-unsigned",
    severity: "alert",
    repository: "ghcr.io/acme/app",
    tag: "v1.4.2",
    digest: DIGEST,
    before: null,
    after: { digest: DIGEST, verdict: "unsigned", reason: "nothing-found", signers: [], run: openedAt },
    facts: makeFacts(),
    status: "open",
    openedAt,
    resolvedAt: null,
    resolution: null,
    acknowledgement: null,
    flapping: null,
    goneSince: null,
    told: {},
    ...finding,
  };
}

/** How a release was when it was signed. */
export const SIGNED_BEFORE = { digest: DIGEST, verdict: "signed", reason: null, signers: [SIGNER], run: "2026-11-12T02:00:00Z" } as const;
