import { describe, expect, it } from "vitest";
import { decideRelease, decideTarget, type DecisionContext, type TargetFacts } from "../../../lib/audit/judge/decide.ts";
import type { PlaceAnswer } from "../../../lib/discovery/candidate.ts";
import { digestOf } from "../../../lib/oci/digest.ts";
import type { CandidateResult, RejectionReason } from "../../../lib/verification/candidate-result.ts";
import { REJECTION_REASONS } from "../../../lib/verification/candidate-result.ts";
import type { Policy } from "../../../lib/watchlist/watch-list.ts";

const ARTIFACT = digestOf("artifact");

function policy(changes: Partial<Policy> = {}): Policy {
  return { name: "p", threshold: 1, signers: [], transparencyLog: "none", annotations: {}, accept: ["signature"], require: [], ...changes };
}

function context(changes: Partial<DecisionContext> = {}): DecisionContext {
  return { policy: policy(), unsupported: [], cache: null, withinGrace: false, ...changes };
}

function facts(changes: Partial<TargetFacts> = {}): TargetFacts {
  return { answers: [nothing("referrers-api"), nothing("cosign-tag")], results: [], signedPlatform: null, orphan: null, ...changes };
}

function nothing(place: PlaceAnswer["place"]): PlaceAnswer {
  return { place, kind: "nothing", detail: "200, empty list" };
}

function failedPlace(code: "server-error" | "throttled" = "server-error"): PlaceAnswer {
  return {
    place: "referrers-api",
    kind: "failed",
    failure: { code, detail: "503", status: 503, attempts: 5 },
    candidates: [],
    detail: "503",
  };
}

const common = { place: "cosign-tag", artifact: ARTIFACT, form: "simple-signing", predicateType: null, detail: "d", proof: null } as const;

function verified(signer: string, evidence: "signature" | "attestation" = "signature", identity = `sha256:${signer}`): CandidateResult {
  return {
    ...common,
    evidence,
    kind: "verified",
    entries: [signer],
    provenance: null,
    signer: { signer, kind: "key", identity, issuer: null, place: "cosign-tag", artifact: ARTIFACT, signedAt: null },
  };
}

function provenance(builder: string, source: string, predicateType = "https://slsa.dev/provenance/v1"): CandidateResult {
  return { ...verified("builder", "attestation"), predicateType, provenance: { builder, source } } as CandidateResult;
}

function rejected(reason: RejectionReason, evidence: "signature" | "attestation" = "signature"): CandidateResult {
  return { ...common, evidence, kind: "rejected", reason };
}

const statement: CandidateResult = { ...common, evidence: "unsigned-attestation", kind: "not-evidence" };
const flood: PlaceAnswer = { place: "referrers-api", kind: "found", candidates: [], unread: 3, detail: "67 listed" };

describe("decideTarget", () => {
  const rows: [name: string, facts: TargetFacts, context: DecisionContext, verdict: string, reason: string | null][] = [
    ["says signed where a candidate satisfies", facts({ results: [verified("a")] }), context(), "signed", null],
    ["says signed although a place failed", facts({ results: [verified("a")], answers: [failedPlace()] }), context(), "signed", null],
    ["says signed although the place is flooded", facts({ results: [verified("a")], answers: [flood] }), context(), "signed", null],
    [
      "says signed although junk lies beside it",
      facts({ results: [rejected("invalid-signature"), verified("a"), rejected("wrong-digest")] }),
      context(),
      "signed",
      null,
    ],
    [
      "says signed although other signers cannot be judged",
      facts({ results: [verified("a")] }),
      context({ unsupported: ["ci (keyless)"] }),
      "signed",
      null,
    ],
    ["says unknown where a place failed", facts({ answers: [failedPlace("throttled")] }), context(), "unknown", "throttled"],
    [
      "says unknown before untrusted",
      facts({ answers: [failedPlace()], results: [rejected("unexpected-signer")] }),
      context(),
      "unknown",
      "server-error",
    ],
    ["says unknown before pending", facts({ answers: [failedPlace()] }), context({ withinGrace: true }), "unknown", "server-error"],
    [
      "says unknown where more is attached than may be read",
      facts({ answers: [flood], results: [rejected("unexpected-signer")] }),
      context(),
      "unknown",
      "evidence-flooded",
    ],
    ["says unknown where a signer cannot be judged", facts(), context({ unsupported: ["ci (keyless)"] }), "unknown", "unsupported-place"],
    [
      "says unknown where trust material is missing",
      facts({ results: [{ ...common, evidence: "signature", kind: "trust-missing", code: "transparency-log" }] }),
      context(),
      "unknown",
      "trust-missing",
    ],
    ["says pending within grace and bare", facts(), context({ withinGrace: true }), "pending", "within-grace"],
    [
      "says untrusted even within grace",
      facts({ results: [rejected("unexpected-signer")] }),
      context({ withinGrace: true }),
      "untrusted",
      "unexpected-signer",
    ],
    [
      "asks for as many signers as the threshold says",
      facts({ results: [verified("a")] }),
      context({ policy: policy({ threshold: 2 }) }),
      "untrusted",
      "threshold-unmet",
    ],
    [
      "counts one key once, however often it signed",
      facts({ results: [verified("a", "signature", "k"), verified("b", "signature", "k")] }),
      context({ policy: policy({ threshold: 2 }) }),
      "untrusted",
      "threshold-unmet",
    ],
    [
      "is satisfied by two keys where two are asked for",
      facts({ results: [verified("a"), verified("b")] }),
      context({ policy: policy({ threshold: 2 }) }),
      "signed",
      null,
    ],
    ["takes no attestation for a signature", facts({ results: [verified("a", "attestation")] }), context(), "unsigned", "only-attestation"],
    [
      "takes an attestation where the policy does",
      facts({ results: [verified("a", "attestation")] }),
      context({ policy: policy({ accept: ["attestation"] }) }),
      "signed",
      null,
    ],
    [
      "misses the attestation where only a signature is there",
      facts({ results: [verified("a")] }),
      context({ policy: policy({ accept: ["attestation"] }) }),
      "untrusted",
      "missing-attestation",
    ],
    ["says unsigned where nothing is", facts(), context(), "unsigned", "nothing-found"],
    ["says what else is there", facts({ results: [statement] }), context(), "unsigned", "only-unsigned-attestation"],
    [
      "prefers the signed platform as the reason",
      facts({ results: [statement], signedPlatform: ARTIFACT }),
      context(),
      "unsigned",
      "only-on-platform",
    ],
    ["names an orphan", facts({ orphan: ARTIFACT }), context(), "unsigned", "orphaned"],
    [
      "does not let a stranger's attestation make the release untrusted",
      facts({ results: [rejected("unexpected-signer", "attestation")] }),
      context(),
      "unsigned",
      "only-attestation",
    ],
    [
      "asks for every required attestation beside the signature",
      facts({ results: [verified("a")] }),
      context({ policy: policy({ require: [{ predicate: "slsa-provenance", builder: null, source: null }] }) }),
      "untrusted",
      "missing-attestation",
    ],
    [
      "says unknown while a place that may hold the required attestation cannot be read",
      facts({ results: [verified("a")], answers: [failedPlace()] }),
      context({ policy: policy({ require: [{ predicate: "slsa-provenance", builder: null, source: null }] }) }),
      "unknown",
      "server-error",
    ],
    [
      "takes a required attestation of the right builder and source",
      facts({ results: [verified("a"), provenance("https://b/w.yml@refs/tags/v1", "git+https://github.com/acme/app@refs/tags/v1")] }),
      context({
        policy: policy({ require: [{ predicate: "slsa-provenance", builder: "https://b/w.yml", source: "https://github.com/acme/app" }] }),
      }),
      "signed",
      null,
    ],
    [
      "refuses a required attestation of another builder",
      facts({ results: [verified("a"), provenance("https://b/other.yml@refs/tags/v1", "https://github.com/acme/app")] }),
      context({ policy: policy({ require: [{ predicate: "slsa-provenance", builder: "https://b/w.yml", source: null }] }) }),
      "untrusted",
      "missing-attestation",
    ],
    [
      "refuses a required attestation of another source, also one whose name goes on",
      facts({ results: [verified("a"), provenance("https://b/w.yml", "https://github.com/acme/app-stranger")] }),
      context({ policy: policy({ require: [{ predicate: "slsa-provenance", builder: null, source: "https://github.com/acme/app" }] }) }),
      "untrusted",
      "missing-attestation",
    ],
    [
      "refuses an attestation of another predicate than the required one",
      facts({ results: [verified("a"), provenance("https://b/w.yml", "s", "https://spdx.dev/Document")] }),
      context({ policy: policy({ require: [{ predicate: "slsa-provenance", builder: null, source: null }] }) }),
      "untrusted",
      "missing-attestation",
    ],
    [
      "counts an identity that two entries of the policy match as one signer",
      facts({ results: [{ ...verified("a"), entries: ["a", "b"] } as CandidateResult] }),
      context({ policy: policy({ threshold: 2 }) }),
      "untrusted",
      "threshold-unmet",
    ],
    [
      "counts two identities that one entry matches as one signer",
      facts({ results: [verified("a", "signature", "x"), verified("a", "signature", "y")] }),
      context({ policy: policy({ threshold: 2 }) }),
      "untrusted",
      "threshold-unmet",
    ],
    [
      "counts signers the way that most are counted where entries overlap",
      facts({ results: [{ ...verified("a", "signature", "x"), entries: ["a", "b"] } as CandidateResult, verified("a", "signature", "y")] }),
      context({ policy: policy({ threshold: 2 }) }),
      "signed",
      null,
    ],
    [
      "says unsigned of a bare release whatever else is required",
      facts(),
      context({ policy: policy({ require: [{ predicate: "slsa-provenance", builder: null, source: null }] }) }),
      "unsigned",
      "nothing-found",
    ],
  ];
  it.each(rows)("%s", (_, given, when, verdict, reason) => {
    expect(decideTarget(given, when)).toMatchObject({ verdict, reason });
  });

  it.each(REJECTION_REASONS)("gives the rejection %s as the reason", (reason) => {
    expect(decideTarget(facts({ results: [rejected(reason)] }), context())).toMatchObject({ verdict: "untrusted", reason });
  });

  it("names the best of several rejections, whatever their order", () => {
    const results = REJECTION_REASONS.map((reason) => rejected(reason));
    for (let turn = 0; turn < results.length; turn++) {
      const turned = [...results.slice(turn), ...results.slice(0, turn)];
      expect(decideTarget(facts({ results: turned }), context()).reason).toBe("missing-attestation");
    }
    expect(decideTarget(facts({ results: [rejected("unverifiable"), rejected("unexpected-signer")] }), context()).reason).toBe(
      "unexpected-signer",
    );
  });
});

describe("decideRelease", () => {
  const signed = decideTarget(facts({ results: [verified("a")] }), context());
  const unknown = decideTarget(facts({ answers: [failedPlace()] }), context());
  const untrusted = decideTarget(facts({ results: [rejected("expired")] }), context());
  const unsigned = decideTarget(facts(), context());

  it("lets the worst target count: unsigned, untrusted, unknown, pending, signed", () => {
    expect(decideRelease([signed, unknown, untrusted, unsigned]).verdict).toBe("unsigned");
    expect(decideRelease([signed, unknown, untrusted]).verdict).toBe("untrusted");
    expect(decideRelease([signed, unknown]).verdict).toBe("unknown");
    expect(decideRelease([signed, signed]).verdict).toBe("signed");
  });

  it("says untrusted of an image without a platform", () => {
    expect(decideRelease([])).toMatchObject({ verdict: "untrusted", reason: "unverifiable" });
  });
});
