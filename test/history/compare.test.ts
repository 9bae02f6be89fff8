import { describe, expect, it } from "vitest";
import { compareRelease } from "../../lib/history/compare/compare.ts";
import { digest, judgement, NIGHTS, past, releaseNight, SIGNED, tagState, unsigned, untrusted } from "./examples.ts";

describe("a night that is like the last definitive one", () => {
  it("writes nothing while a release stays signed", () => {
    expect(compareRelease(releaseNight(SIGNED))).toMatchObject({ differs: false, change: null });
  });

  it("keeps the cause of a release that stays unsigned, and does not tell it again", () => {
    const last = judgement(unsigned(), { cause: "signature-deleted" });
    const comparison = compareRelease(releaseNight(unsigned(), { previous: tagState("v1.4.2", last) }));
    expect(comparison).toMatchObject({ differs: false, change: null, judgement: { cause: "signature-deleted", since: NIGHTS[0] } });
  });

  it("stays silent about a baseline release that stays unsigned", () => {
    const comparison = compareRelease(releaseNight(unsigned(), { previous: tagState("v1.4.2", judgement(unsigned())) }));
    expect(comparison).toMatchObject({ differs: false, change: null });
  });

  it("remembers a new epoch although nothing else differs", () => {
    const comparison = compareRelease(releaseNight(SIGNED, { epoch: "epoch-2", underPreviousEpoch: past(SIGNED) }));
    expect(comparison).toMatchObject({ differs: true, change: null, judgement: { epoch: "epoch-2", since: NIGHTS[0] } });
  });

  it("looks anew at a baseline release that got a signature of a stranger beside another", () => {
    const previous = tagState("v1.4.2", judgement(untrusted("invalid-signature")));
    const comparison = compareRelease(releaseNight(untrusted("unexpected-signer"), { previous, artifacts: [digest("c"), digest("f")] }));
    expect(comparison.change).toEqual({ kind: "opened", cause: "unexpected-signer", severity: "alert" });
  });

  it("does not tell a cause again because a further signature of the same kind is there", () => {
    const previous = tagState("v1.4.2", judgement(untrusted(), { cause: "unexpected-signer" }));
    const comparison = compareRelease(releaseNight(untrusted(), { previous, artifacts: [digest("c"), digest("f")] }));
    expect(comparison).toMatchObject({ differs: true, change: null });
  });

  it("keeps a rollback of a signed release although a further signature is there", () => {
    const previous = tagState("v1.4.2", judgement(SIGNED, { cause: "tag-rolled-back", left: digest("b") }));
    const comparison = compareRelease(releaseNight(SIGNED, { previous, artifacts: [digest("c"), digest("f")] }));
    expect(comparison).toMatchObject({ change: null, judgement: { cause: "tag-rolled-back", left: digest("b") } });
  });
});

describe("the first verdict of a release", () => {
  it("takes what the baseline finds as it is", () => {
    const comparison = compareRelease(releaseNight(unsigned(), { previous: null, takeAsBaseline: true }));
    expect(comparison).toMatchObject({ change: null, differs: true, judgement: { cause: null, verdict: "unsigned", since: NIGHTS[2] } });
  });

  it("takes it as it is on a later night, where the first could not tell", () => {
    const previous = tagState("v1.4.2", null, { baseline: true });
    expect(compareRelease(releaseNight(unsigned(), { previous, takeAsBaseline: true })).change).toBeNull();
  });

  it("tells that a tag of the baseline moved before its first verdict", () => {
    const previous = tagState("v1.4.2", null, { baseline: true });
    const night = releaseNight(unsigned(), { previous, takeAsBaseline: true, digest: digest("b"), order: "newer" });
    expect(compareRelease(night).change).toEqual({ kind: "opened", cause: "tag-moved", severity: "alert" });
  });

  it("opens a finding for a new unsigned tag", () => {
    expect(compareRelease(releaseNight(unsigned(), { previous: null })).change).toMatchObject({
      kind: "opened",
      cause: "release-unsigned",
    });
  });

  it("says nothing of a new signed tag", () => {
    expect(compareRelease(releaseNight(SIGNED, { previous: null }))).toMatchObject({ differs: true, change: null });
  });
});

describe("a tag that names another digest", () => {
  const elsewhere = { digest: digest("b") };

  it("is an alert where a version tag moved", () => {
    const { change } = compareRelease(releaseNight(SIGNED, { ...elsewhere, order: "same" }));
    expect(change).toEqual({ kind: "opened", cause: "tag-moved", severity: "alert" });
  });

  it("is a notice where a version tag moved to a signed digest that is newer", () => {
    const { change, judgement: now } = compareRelease(releaseNight(SIGNED, { ...elsewhere, order: "newer" }));
    expect(change).toEqual({ kind: "opened", cause: "tag-moved", severity: "notice" });
    expect(now).toMatchObject({ cause: "tag-moved", left: digest("a") });
  });

  it.each([true, false])("is a rollback where the digest is older (version tag: %s)", (isVersionTag) => {
    const { change } = compareRelease(releaseNight(SIGNED, { ...elsewhere, order: "older", isVersionTag }));
    expect(change).toEqual({ kind: "opened", cause: "tag-rolled-back", severity: "alert" });
  });

  it("is normal where a moving tag goes forward to a signed digest", () => {
    expect(compareRelease(releaseNight(SIGNED, { ...elsewhere, order: "newer", isVersionTag: false })).change).toBeNull();
  });

  it("is a move where a moving tag goes to an unsigned digest that no version tag names", () => {
    const night = releaseNight(unsigned(), { ...elsewhere, order: "newer", isVersionTag: false, namedByVersionTag: false });
    expect(compareRelease(night).change).toMatchObject({ cause: "tag-moved", severity: "alert" });
  });

  it("is an unsigned release where a version tag names the unsigned digest too", () => {
    const night = releaseNight(unsigned(), { ...elsewhere, order: "newer", isVersionTag: false });
    expect(compareRelease(night).change).toMatchObject({ cause: "release-unsigned" });
  });

  it("recovers where a moving tag leaves an unsigned digest for a signed one", () => {
    const previous = tagState("latest", judgement(unsigned(), { cause: "release-unsigned" }));
    const night = releaseNight(SIGNED, { ...elsewhere, tag: "latest", previous, order: "newer", isVersionTag: false });
    expect(compareRelease(night).change).toEqual({ kind: "recovered", cause: "release-unsigned", severity: "alert" });
  });

  it("is reversed when it returns, signed, to the digest that it left", () => {
    const last = judgement(SIGNED, { digest: digest("b"), cause: "tag-rolled-back", left: digest("a") });
    const night = releaseNight(SIGNED, { previous: tagState("v1.4.2", last), order: "newer" });
    expect(compareRelease(night)).toMatchObject({ judgement: { cause: null }, change: { kind: "reversed", cause: "tag-moved" } });
  });

  it("is reversed also when the digest between got another cause", () => {
    const last = judgement(unsigned(), { digest: digest("b"), cause: "tag-moved", left: digest("a") });
    const stranger = compareRelease(releaseNight(untrusted(), { digest: digest("b"), previous: tagState("v1.4.2", last) }));
    expect(stranger.change).toMatchObject({ kind: "opened", cause: "unexpected-signer" });
    const back = compareRelease(releaseNight(SIGNED, { previous: tagState("v1.4.2", stranger.judgement), order: "older" }));
    expect(back.change).toMatchObject({ kind: "reversed", cause: "tag-moved" });
  });

  it("is the way back to an older digest from one that was signed once, whatever became of its signature", () => {
    const last = judgement(unsigned(), {
      digest: digest("b"),
      cause: "signature-deleted",
      left: digest("a"),
      formerSigners: SIGNED.signers,
    });
    const back = compareRelease(releaseNight(SIGNED, { previous: tagState("v1.4.2", last), order: "older" }));
    expect(back.change).toMatchObject({ kind: "reversed", cause: "tag-rolled-back" });
  });

  it("is no reversal when the digest that it left is unsigned by now", () => {
    const last = judgement(SIGNED, { digest: digest("b"), cause: "tag-moved", left: digest("a") });
    const night = releaseNight(unsigned(), { previous: tagState("v1.4.2", last), order: "older" });
    expect(compareRelease(night).change).toMatchObject({ kind: "opened", cause: "tag-rolled-back" });
  });

  it("leaves a rollback open when the tag goes on to a third digest", () => {
    const last = judgement(SIGNED, { digest: digest("b"), cause: "tag-rolled-back", left: digest("a") });
    const night = releaseNight(SIGNED, { digest: digest("c"), isVersionTag: false, previous: tagState("latest", last), order: "newer" });
    expect(compareRelease(night)).toMatchObject({ judgement: { cause: null }, change: null });
  });
});

describe("a signature that is gone", () => {
  it.each([
    ["deleted", "signature-deleted"],
    ["detached", "signature-detached"],
  ] as const)("is told as %s", (lostSignature, cause) => {
    expect(compareRelease(releaseNight(unsigned(), { lostSignature })).change).toEqual({ kind: "opened", cause, severity: "alert" });
  });

  it("counts before what is wrong with the signature that took its place", () => {
    expect(compareRelease(releaseNight(untrusted(), { lostSignature: "detached" })).change).toMatchObject({ cause: "signature-detached" });
  });

  it("recovers when the release is signed again", () => {
    const previous = tagState("v1.4.2", judgement(unsigned(), { cause: "signature-deleted" }));
    const comparison = compareRelease(releaseNight(SIGNED, { previous }));
    expect(comparison).toMatchObject({
      judgement: { cause: null, since: NIGHTS[2] },
      change: { kind: "recovered", cause: "signature-deleted" },
    });
  });
});

describe("a flip that only the epoch explains", () => {
  const night = { epoch: "epoch-2" };

  it("opens nothing for the release, and counts for its policy", () => {
    const comparison = compareRelease(releaseNight(untrusted(), { ...night, underPreviousEpoch: past(SIGNED) }));
    expect(comparison).toMatchObject({
      judgement: { verdict: "untrusted", cause: null, since: NIGHTS[2] },
      change: { kind: "flipped", cause: "policy-changed", severity: "warning" },
    });
  });

  it("is never told as recovered, and leaves no finding behind", () => {
    const previous = tagState("v1.4.2", judgement(untrusted(), { cause: "unexpected-signer" }));
    const comparison = compareRelease(releaseNight(SIGNED, { ...night, previous, underPreviousEpoch: past(untrusted()) }));
    expect(comparison).toMatchObject({ judgement: { cause: null }, change: { kind: "flipped", cause: "policy-changed" } });
  });

  it("is a change of the image where the previous epoch says something else than last night", () => {
    const comparison = compareRelease(
      releaseNight(unsigned(), { ...night, underPreviousEpoch: past(unsigned()), lostSignature: "deleted" }),
    );
    expect(comparison.change).toMatchObject({ kind: "opened", cause: "signature-deleted" });
  });

  it("stays without a cause on the nights after", () => {
    const previous = tagState("v1.4.2", judgement(untrusted()));
    expect(compareRelease(releaseNight(untrusted(), { previous })).change).toBeNull();
  });
});

describe("a bad release that was gone", () => {
  const gone = (removedSince: string) => tagState("v1.4.2", judgement(unsigned(), { cause: "release-unsigned" }), { removedSince });

  it("keeps its finding when it comes back within 30 days", () => {
    expect(compareRelease(releaseNight(unsigned(), { previous: gone("2026-10-21T02:00:00Z") })).change).toBeNull();
  });

  it("is told again after more than 30 days: its finding was withdrawn", () => {
    const night = releaseNight(unsigned(), { previous: gone("2026-10-20T02:00:00Z") });
    expect(compareRelease(night).change).toMatchObject({ kind: "opened", cause: "release-unsigned" });
    expect(compareRelease({ ...night, exempt: true }).change).toMatchObject({ kind: "withdrawn" });
  });
});

describe("an exemption", () => {
  it("covers an unsigned release", () => {
    const comparison = compareRelease(releaseNight(unsigned(), { exempt: true }));
    expect(comparison).toMatchObject({ judgement: { exempt: true, cause: null }, change: null });
  });

  it("does not cover a deleted signature", () => {
    const comparison = compareRelease(releaseNight(unsigned(), { exempt: true, lostSignature: "deleted" }));
    expect(comparison).toMatchObject({ judgement: { exempt: false, cause: "signature-deleted" }, change: { kind: "opened" } });
  });

  it("does not hide a stranger's signature behind a detached one", () => {
    const comparison = compareRelease(releaseNight(untrusted(), { exempt: true, lostSignature: "detached" }));
    expect(comparison.change).toMatchObject({ cause: "unexpected-signer" });
  });

  it("withdraws the finding of a release that it covers from now on", () => {
    const previous = tagState("v1.4.2", judgement(unsigned(), { cause: "release-unsigned" }));
    const comparison = compareRelease(releaseNight(unsigned(), { previous, exempt: true }));
    expect(comparison).toMatchObject({
      judgement: { exempt: true, cause: null },
      change: { kind: "withdrawn", cause: "release-unsigned" },
    });
  });

  it("opens the finding when it ends", () => {
    const previous = tagState("v1.4.2", judgement(unsigned(), { exempt: true }));
    expect(compareRelease(releaseNight(unsigned(), { previous })).change).toMatchObject({ kind: "opened", cause: "release-unsigned" });
  });
});

describe("a repository that never signed", () => {
  it("has no finding a release, not even for a move", () => {
    const night = releaseNight(unsigned(), { neverSigned: true, digest: digest("b"), order: "older" });
    expect(compareRelease(night)).toMatchObject({ judgement: { cause: null }, change: null });
  });
});
