import { NO_FACTS } from "../../lib/history/no-facts.ts";
import type { PastVerdict, ReleaseNight } from "../../lib/history/compare/compare.ts";
import type { Change, ChangeFacts, Finding, Judgement, Observation, RepositoryState, TagState } from "../../lib/history/state.ts";
import type { UnknownReason, UnsignedReason, Verdict } from "../../lib/history/verdict.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import type { RejectionReason, VerifiedSigner } from "../../lib/verification/candidate-result.ts";
import type { Channel } from "../../lib/watchlist/watch-list.ts";

export const REPOSITORY = "registry.example/acme/app";
export const NIGHTS = ["2026-11-18T02:00:00Z", "2026-11-19T02:00:00Z", "2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z"] as const;

/** A digest that is recognised by its letter: `digest("a")`. */
export function digest(letter: string): Digest {
  return `sha256:${letter.repeat(64)}`;
}

export const SIGNER: VerifiedSigner = {
  signer: "ops-key",
  kind: "key",
  identity: digest("e"),
  issuer: null,
  place: "cosign-tag",
  artifact: digest("f"),
  signedAt: null,
};

export const SIGNED: Verdict = { verdict: "signed", reason: null, explanation: "signed by ops-key", signers: [SIGNER] };
export const PENDING: Verdict = { verdict: "pending", reason: "within-grace", explanation: "first seen tonight", signers: [] };

export function unsigned(reason: UnsignedReason = "nothing-found"): Verdict {
  return { verdict: "unsigned", reason, explanation: "no place holds a signature", signers: [] };
}

export function untrusted(reason: RejectionReason = "unexpected-signer"): Verdict {
  return { verdict: "untrusted", reason, explanation: "no signature satisfies the policy", signers: [] };
}

export function unknown(reason: UnknownReason = "timeout"): Verdict {
  return { verdict: "unknown", reason, explanation: "a place did not answer", signers: [] };
}

/** Tonight's facts under the former policy. */
export function past(verdict: Verdict): PastVerdict {
  return { verdict, cause: "policy-changed" };
}

export function judgement(verdict: Verdict, more: Partial<Judgement> = {}): Judgement {
  if (verdict.verdict === "unknown" || verdict.verdict === "pending") throw new TypeError("no definitive verdict");
  return {
    digest: digest("a"),
    verdict: verdict.verdict,
    reason: verdict.reason,
    signers: verdict.signers,
    artifacts: verdict.verdict === "unsigned" ? [] : [digest("f")],
    epoch: "epoch-1",
    exempt: false,
    cause: null,
    since: NIGHTS[0],
    ...more,
  };
}

export function tagState(tag: string, last: Judgement | null, more: Partial<TagState> = {}): TagState {
  return {
    tag,
    version: 1,
    run: NIGHTS[1],
    baseline: false,
    timeline: [{ digest: last?.digest ?? digest("a"), since: NIGHTS[0] }],
    shown: { verdict: last?.verdict ?? "unknown", reason: last?.reason ?? "timeout", explanation: "as it was", since: NIGHTS[0] },
    last,
    unansweredSince: null,
    removedSince: null,
    pending: [],
    ...more,
  };
}

export function observation(more: Partial<Observation> = {}): Observation {
  return {
    run: NIGHTS[2],
    tag: "v1.4.2",
    digest: digest("a"),
    verdict: "signed",
    reason: null,
    signers: [SIGNER],
    artifacts: [digest("f")],
    policy: "release",
    epoch: "epoch-1",
    exemption: null,
    ...more,
  };
}

export function repositoryState(more: Partial<RepositoryState> = {}): RepositoryState {
  return {
    version: 0,
    run: NIGHTS[0],
    baselineRun: null,
    referrersApi: { learned: false, missingNights: 0, missingRun: null },
    unansweredSince: null,
    everSigned: false,
    neverSigned: false,
    coverageLost: false,
    pending: [],
    ...more,
  };
}

/** A night on which the version tag v1.4.2, signed before at digest a, is looked at again. */
export function releaseNight(verdict: Verdict, more: Partial<ReleaseNight> = {}): ReleaseNight {
  return {
    run: NIGHTS[2],
    tag: "v1.4.2",
    isVersionTag: true,
    previous: tagState("v1.4.2", judgement(SIGNED)),
    digest: digest("a"),
    isNamed: true,
    isOverdue: false,
    verdict,
    artifacts: verdict.verdict === "unsigned" ? [] : [digest("f")],
    epoch: "epoch-1",
    underPreviousEpoch: null,
    lostSignature: null,
    order: "same",
    namedByVersionTag: true,
    takeAsBaseline: false,
    neverSigned: false,
    exempt: false,
    signerChange: null,
    reusedFrom: null,
    signedAtSource: false,
    ...more,
  };
}

export function facts(more: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    explanation: "this release carries no signature",
    ...NO_FACTS,
    ...more,
  };
}

export function change(more: Partial<Change> = {}): Change {
  return {
    id: "change-1",
    run: NIGHTS[2],
    repository: REPOSITORY,
    tag: "v1.4.2",
    kind: "opened",
    cause: "release-unsigned",
    severity: "alert",
    before: null,
    after: { digest: digest("a"), verdict: "unsigned", reason: "nothing-found", signers: [], run: NIGHTS[2] },
    facts: facts(),
    ...more,
  };
}

export function finding(more: Partial<Finding> = {}): Finding {
  const { run: _run, kind: _kind, id: _id, ...opening } = change();
  return {
    ...opening,
    id: "7Q3K9D2M",
    version: 1,
    cause: "release-unsigned",
    digest: digest("a"),
    status: "open",
    openedAt: NIGHTS[1],
    resolvedAt: null,
    resolution: null,
    acknowledgement: null,
    flapping: null,
    goneSince: null,
    told: {},
    ...more,
  };
}

export function channel(name: string, more: { severity?: Channel["severity"]; owner?: string } = {}): Channel {
  return { name, kind: "terminal", severity: more.severity ?? "notice", owner: more.owner ?? null, remindSeconds: null };
}
