import { describe, expect, it } from "vitest";
import { CAUSES, NEVER_EXEMPT, type Cause } from "../../lib/history/cause.ts";
import { compareRelease, type ReleaseNight } from "../../lib/history/compare/compare.ts";
import type { Judgement } from "../../lib/history/state.ts";
import type { UnsignedReason, Verdict } from "../../lib/history/verdict.ts";
import { REJECTION_REASONS } from "../../lib/verification/candidate-result.ts";
import { digest, judgement, past, PENDING, releaseNight, SIGNED, tagState, unknown, unsigned, untrusted } from "./examples.ts";

const UNSIGNED_REASONS: UnsignedReason[] = [
  "nothing-found",
  "only-on-platform",
  "only-attestation",
  "only-unsigned-attestation",
  "logged-not-stored",
  "orphaned",
];
const FLOODED: Verdict = { verdict: "unknown", reason: "evidence-flooded", explanation: "too many", signers: [], hiddenBy: "content" };
const VERDICTS: Verdict[] = [
  SIGNED,
  PENDING,
  unknown("timeout"),
  FLOODED,
  ...UNSIGNED_REASONS.map(unsigned),
  ...REJECTION_REASONS.map(untrusted),
];
const LASTS: (Judgement | null)[] = [
  null,
  judgement(SIGNED),
  judgement(SIGNED, { cause: "tag-rolled-back", left: digest("d") }),
  judgement(unsigned()),
  judgement(unsigned(), { cause: "release-unsigned" }),
  judgement(unsigned(), { exempt: true }),
  judgement(unsigned(), { cause: "tag-moved", left: digest("d") }),
  judgement(untrusted()),
  judgement(untrusted(), { cause: "unexpected-signer" }),
];
const BOTH = [false, true];

function* cells(): Generator<ReleaseNight> {
  for (const verdict of VERDICTS)
    for (const last of LASTS)
      for (const named of last === null ? ["a"] : ["a", "b", "d"])
        for (const order of named === "a" ? (["same"] as const) : (["newer", "older", "same"] as const))
          for (const isVersionTag of BOTH)
            for (const namedByVersionTag of isVersionTag ? [true] : BOTH)
              for (const lostSignature of [null, "deleted", "detached"] as const)
                for (const overlay of ["none", "takeAsBaseline", "neverSigned", "exempt", "mirror"])
                  for (const underPreviousEpoch of [null, past(SIGNED), past(unsigned())]) {
                    yield releaseNight(verdict, {
                      previous: last === null ? null : tagState("v1.4.2", last),
                      digest: digest(named),
                      order,
                      isVersionTag,
                      namedByVersionTag,
                      lostSignature,
                      takeAsBaseline: overlay === "takeAsBaseline",
                      neverSigned: overlay === "neverSigned",
                      exempt: overlay === "exempt",
                      signedAtSource: overlay === "mirror",
                      underPreviousEpoch,
                      epoch: underPreviousEpoch === null ? "epoch-1" : "epoch-2",
                    });
                  }
}

/** The rows of the table in architecture section 5, in its order, each with its test in its words. */
const TABLE: readonly [Cause, (night: ReleaseNight, last: Judgement | null) => boolean][] = [
  ["tag-rolled-back", (night, last) => last !== null && last.digest !== night.digest && night.order === "older"],
  ["tag-moved", (night, last) => night.isVersionTag && last !== null && last.digest !== night.digest],
  [
    "tag-moved",
    (night, last) =>
      !night.isVersionTag &&
      last !== null &&
      last.digest !== night.digest &&
      night.verdict.verdict === "unsigned" &&
      !night.namedByVersionTag,
  ],
  ["signature-deleted", (night, last) => lost(night, last) && night.lostSignature === "deleted"],
  ["signature-detached", (night, last) => lost(night, last) && night.lostSignature === "detached"],
  ["signature-misbound", ({ verdict }) => verdict.reason === "wrong-digest"],
  ["signature-invalid", ({ verdict }) => verdict.reason === "invalid-signature"],
  ["unexpected-signer", ({ verdict }) => verdict.reason === "unexpected-signer"],
  ["signed-wrong-digest", ({ verdict }) => verdict.reason === "only-on-platform" || verdict.reason === "orphaned"],
  ["mirror-gap", ({ verdict, signedAtSource }) => signedAtSource && verdict.verdict !== "signed"],
  ["release-untrusted", ({ verdict }) => verdict.verdict === "untrusted"],
  ["release-unsigned", ({ verdict }) => verdict.verdict === "unsigned"],
];

function lost(night: ReleaseNight, last: Judgement | null): boolean {
  return last?.verdict === "signed" && last.digest === night.digest && night.verdict.verdict !== "signed";
}

/** What section 5 says of a definitive night, read in the order of its sentences. */
function expectedCause(night: ReleaseNight): Cause | null {
  const last = night.previous?.last ?? null;
  const sameDigest = last?.digest === night.digest;
  const sameVerdict = sameDigest && last.verdict === night.verdict.verdict;
  const covers = (cause: Cause | null): boolean => night.exempt && cause !== null && !NEVER_EXEMPT.has(cause);
  if (night.neverSigned) return null;
  if (night.takeAsBaseline && last === null) return null;
  const first = TABLE.find(([cause, matches]) => !covers(cause) && matches(night, last))?.[0] ?? null;
  const isNewGap = first === "mirror-gap" && last?.cause === null;
  if (!isNewGap && sameVerdict && last.artifacts.length === night.artifacts.length && (!last.exempt || night.exempt))
    return covers(last.cause) ? null : last.cause;
  const isFlip = sameDigest && !sameVerdict && night.underPreviousEpoch?.verdict.verdict === last.verdict;
  if (isFlip && first !== "mirror-gap") return null;
  if (last?.cause && last.left === night.digest && night.verdict.verdict === "signed") return null;
  return first;
}

const isDefinitive = ({ verdict }: ReleaseNight): boolean => verdict.verdict !== "unknown" && verdict.verdict !== "pending";

/** One assertion a rule over thousands of cells: the first cell that breaks it is shown. */
function firstCounterexample(rule: (night: ReleaseNight) => boolean): ReleaseNight | null {
  for (const night of cells()) if (!rule(night)) return night;
  return null;
}

describe("the table of causes", () => {
  it("tells a gap of a mirror in its baseline, too, and before anything is signed there", () => {
    const overlays = [{ takeAsBaseline: true }, { neverSigned: true }];
    const gaps = overlays.map((more) => compareRelease(releaseNight(unsigned(), { previous: null, signedAtSource: true, ...more })).change);
    expect(gaps.map((change) => change?.cause)).toEqual(["mirror-gap", "mirror-gap"]);
    const others = overlays.map(
      (more) => compareRelease(releaseNight(untrusted("unexpected-signer"), { previous: null, signedAtSource: true, ...more })).change,
    );
    expect(others).toEqual([null, null]);
  });

  it("gives every definitive cell the first cause that matches, or none", () => {
    expect(
      firstCounterexample((night) => !isDefinitive(night) || compareRelease(night).judgement?.cause === expectedCause(night)),
    ).toBeNull();
  });

  it("leaves the last definitive night alone where tonight is unknown or pending", () => {
    expect(
      firstCounterexample((night) => isDefinitive(night) || compareRelease(night).judgement === (night.previous?.last ?? null)),
    ).toBeNull();
  });

  it("leaves no unsigned or untrusted release without a cause that is new, not exempt and not of the baseline", () => {
    const isNews = (night: ReleaseNight): boolean =>
      (night.verdict.verdict === "unsigned" || night.verdict.verdict === "untrusted") &&
      !night.exempt &&
      !night.neverSigned &&
      night.underPreviousEpoch === null &&
      (night.previous === null
        ? !night.takeAsBaseline
        : night.previous.last!.digest !== night.digest || night.previous.last!.verdict !== night.verdict.verdict);
    expect(firstCounterexample((night) => !isNews(night) || compareRelease(night).judgement?.cause !== null)).toBeNull();
  });

  it("gives a signed release no cause but a move", () => {
    const rule = (night: ReleaseNight): boolean => {
      const cause = compareRelease(night).judgement?.cause ?? null;
      return night.verdict.verdict !== "signed" || cause === null || CAUSES[cause].lasting === "event";
    };
    expect(firstCounterexample(rule)).toBeNull();
  });

  it("opens exactly where a cause is new for tag and digest", () => {
    const rule = (night: ReleaseNight): boolean => {
      const { change, judgement: now } = compareRelease(night);
      const last = night.previous?.last ?? null;
      const isNew = isDefinitive(night) && now!.cause !== null && (last?.cause !== now!.cause || last.digest !== now!.digest);
      return isDefinitive(night) ? (change?.kind === "opened") === isNew && (!isNew || change!.cause === now!.cause) : true;
    };
    expect(firstCounterexample(rule)).toBeNull();
  });

  it("never ends silently what it told: every cause that is gone is recovered, reversed or withdrawn, but for moves to signed digests", () => {
    const rule = (night: ReleaseNight): boolean => {
      const { change, judgement: now } = compareRelease(night);
      const last = night.previous?.last ?? null;
      const ended = last !== null && last.cause !== null && last.cause !== "tag-rolled-back" && now!.cause === null && !night.neverSigned;
      return !ended || (change !== null && change.kind !== "opened");
    };
    expect(firstCounterexample(rule)).toBeNull();
  });

  it("says recovered or reversed only of a release that is signed", () => {
    const rule = (night: ReleaseNight): boolean => {
      const kind = compareRelease(night).change?.kind;
      return (kind !== "recovered" && kind !== "reversed") || night.verdict.verdict === "signed";
    };
    expect(firstCounterexample(rule)).toBeNull();
  });

  it("has nothing left to write when the same night is compared again with what it wrote", () => {
    const rule = (night: ReleaseNight): boolean => {
      const first = compareRelease(night);
      const previous = tagState("v1.4.2", first.judgement, {
        ...(first.meanwhile === null ? {} : { meanwhile: first.meanwhile }),
        timeline: [{ digest: night.digest, since: night.run }],
      });
      const second = compareRelease({ ...night, previous, underPreviousEpoch: null, takeAsBaseline: false });
      return !isDefinitive(night) || (second.change === null && !second.differs);
    };
    expect(firstCounterexample(rule)).toBeNull();
  });

  it("has a row for every cause of a release", () => {
    const told = new Set<Cause>();
    for (const night of cells()) {
      const { change } = compareRelease(night);
      if (change) told.add(change.cause);
    }
    // A new version has rows of its own: new-versions.test.ts.
    for (const more of [{ reusedFrom: "v1.4.1" }, { signerChange: { signers: ["b"], before: ["a"], returned: false } }])
      told.add(compareRelease(releaseNight(SIGNED, { previous: null, ...more })).change!.cause);
    for (const cause of ["trust-changed", "verifier-changed"] as const)
      told.add(compareRelease(releaseNight(untrusted(), { underPreviousEpoch: { verdict: SIGNED, cause } })).change!.cause);
    for (const more of [{ isOverdue: true }, { verdict: { ...FLOODED, reason: "limit" } as Verdict }])
      told.add(compareRelease(releaseNight(unknown(), more)).change!.cause);
    const ofRepositories = new Set<Cause>([
      "visibility-changed",
      "exemption-ending",
      "coverage-lost",
      "nothing-watched",
      "releases-waiting",
      // It is about an image that the tag left.
      "never-judged",
      "repository-gone",
      "repository-appeared",
      "never-signed",
      "retention-ahead",
    ]);
    expect([...told].toSorted()).toEqual((Object.keys(CAUSES) as Cause[]).filter((cause) => !ofRepositories.has(cause)).toSorted());
  });
});
