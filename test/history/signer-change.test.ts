import { describe, expect, it } from "vitest";
import { compareSigners } from "../../lib/history/compare/signer-change.ts";

/** One letter a signer, one word a release, oldest first: `"a a ab"`. */
function compare(signers: string, earlier: string) {
  const releases = earlier === "" ? [] : earlier.split(" ").map((names) => ({ signers: names.split("") }));
  return compareSigners(signers.split(""), releases);
}

describe("another signer than before", () => {
  it("is none where there is nothing to compare with", () => {
    expect(compare("a", "")).toBeNull();
    expect(compare("", "a a")).toBeNull();
  });

  it("is none where one of the last two releases, or one of the last five, had it", () => {
    expect(compare("a", "b a")).toBeNull();
    expect(compare("a", "a b")).toBeNull();
    expect(compare("a", "a b b b b")).toBeNull();
  });

  it("is new where no release had it", () => {
    expect(compare("b", "a")).toEqual({ signers: ["b"], before: ["a"], returned: false });
    expect(compare("c", "a ab")).toEqual({ signers: ["c"], before: ["a", "b"], returned: false });
  });

  it("returns where releases before the last five had it", () => {
    expect(compare("a", "a b b b b b")).toEqual({ signers: ["a"], before: ["b"], returned: true });
  });

  it("is none where one of several signers is the one of before", () => {
    expect(compare("bc", "a ab")).toBeNull();
  });
});
