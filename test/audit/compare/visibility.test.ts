import { describe, expect, it } from "vitest";
import { findVisibilityChanges } from "../../../lib/audit/compare/visibility.ts";
import type { PlaceName } from "../../../lib/discovery/places.ts";
import type { Verdict } from "../../../lib/history/verdict.ts";
import { unsigned } from "../../history/examples.ts";
import { comparedRelease, historyOf, recordedTag, signedBy } from "../release-facts.ts";

const HISTORY = historyOf(recordedTag("v1.0.0", "1", signedBy("a")), recordedTag("v1.1.0", "2", signedBy("a"), 1));

/** `a: cosign-tag -> referrers-api`, one line a change. */
function changesOf(tag: string, letter: string, verdict: Verdict, empty: readonly PlaceName[]): string[] {
  const changes = findVisibilityChanges([comparedRelease(tag, letter, verdict, empty)], HISTORY);
  return changes.map(({ facts }) => `${facts!.visibility!.signer}: ${facts!.visibility!.from.join()} -> ${facts!.visibility!.to.join()}`);
}

describe("signatures in another place", () => {
  const elsewhere = signedBy("a", "referrers-api");

  it("are seen on a new release, against the newest one of the same signer", () => {
    expect(changesOf("v1.2.0", "3", elsewhere, ["cosign-tag"])).toEqual(["a: cosign-tag -> referrers-api"]);
  });

  it("are seen on the same release", () => {
    expect(changesOf("v1.1.0", "2", elsewhere, ["cosign-tag"])).toEqual(["a: cosign-tag -> referrers-api"]);
  });

  it("are none while the former place has them, too, or was not asked", () => {
    const both = { ...elsewhere, signers: [...elsewhere.signers, ...signedBy("a").signers] } as Verdict;
    expect(changesOf("v1.2.0", "3", both, [])).toEqual([]);
    expect(changesOf("v1.2.0", "3", elsewhere, [])).toEqual([]);
  });

  it("are none where the signature was lost and is made again, however the newest release is signed", () => {
    const lost = recordedTag("v1.0.0", "1", unsigned());
    const former = { ...lost, last: { ...lost.last!, formerSigners: signedBy("a").signers } };
    const history = historyOf(former, recordedTag("v2.0.0", "2", elsewhere, 1));
    const again = (letter: string, verdict: Verdict, empty: readonly PlaceName[]): number =>
      findVisibilityChanges([comparedRelease("v1.0.0", letter, verdict, empty)], history).length;
    expect(again("1", signedBy("a"), ["referrers-api"])).toBe(0);
    expect(again("1", signedBy("a", "referrers-tag"), ["cosign-tag", "referrers-api"])).toBe(1);
  });

  it("are none on an old release that is signed late, but are on a new one", () => {
    const history = historyOf(
      recordedTag("v1.0.0", "1", unsigned()),
      recordedTag("v2.0.0", "2", elsewhere, 1),
      recordedTag("v2.1.0", "3", unsigned(), 2),
    );
    const late = (tag: string, letter: string): number =>
      findVisibilityChanges([comparedRelease(tag, letter, signedBy("a"), ["referrers-api"])], history).length;
    expect([late("v1.0.0", "1"), late("v2.1.0", "3")]).toEqual([0, 1]);
  });

  it("are none of another signer, who may sign elsewhere", () => {
    expect(changesOf("v1.2.0", "3", signedBy("b", "referrers-api"), ["cosign-tag"])).toEqual([]);
  });

  it("are looked for on versions that are signed only", () => {
    expect(changesOf("latest", "3", elsewhere, ["cosign-tag"])).toEqual([]);
    expect(changesOf("v1.2.0", "3", unsigned(), ["cosign-tag"])).toEqual([]);
  });

  it("are one change a signer and place, however many releases have it", () => {
    const releases = ["v1.2.0", "v1.3.0"].map((tag, at) => comparedRelease(tag, String(at + 3), elsewhere, ["cosign-tag"]));
    expect(findVisibilityChanges(releases, HISTORY)).toHaveLength(1);
  });
});
