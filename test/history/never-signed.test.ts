import { describe, expect, it } from "vitest";
import { compareSigning } from "../../lib/history/compare/never-signed.ts";
import { repositoryState } from "./examples.ts";

const judged = { releases: 4, judged: 4 };

describe("a repository whose baseline holds no signature", () => {
  it("is told once", () => {
    expect(compareSigning({ previous: null, baseline: judged, signed: false })).toEqual({
      everSigned: false,
      neverSigned: true,
      change: "opened",
    });
    const previous = repositoryState({ neverSigned: true });
    expect(compareSigning({ previous, baseline: judged, signed: false })).toEqual({ everSigned: false, neverSigned: true, change: null });
  });

  it.each([
    ["a release is not judged yet", { releases: 4, judged: 3 }],
    ["it had no releases", { releases: 0, judged: 0 }],
    ["no listing was complete yet", null],
  ])("is not told while %s", (_, baseline) => {
    expect(compareSigning({ previous: null, baseline, signed: false })).toEqual({ everSigned: false, neverSigned: false, change: null });
  });

  it("recovers with the first signed release, for good", () => {
    const previous = repositoryState({ neverSigned: true });
    expect(compareSigning({ previous, baseline: judged, signed: true })).toEqual({
      everSigned: true,
      neverSigned: false,
      change: "recovered",
    });
    const signedOnce = repositoryState({ everSigned: true });
    expect(compareSigning({ previous: signedOnce, baseline: judged, signed: false })).toEqual({
      everSigned: true,
      neverSigned: false,
      change: null,
    });
  });
});
