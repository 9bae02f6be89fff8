import { describe, expect, it } from "vitest";
import { globCovers, globsOverlap } from "../../lib/watchlist/select/glob-relation.ts";
import { matchesGlob, parseGlob, type Glob } from "../../lib/watchlist/select/glob.ts";

const PATTERNS = ["*", "a*", "*a", "*b*", "a?", "?", "ab", "a", "[ab]", "[!a]*", "{a,bb}", "a*b", "b*a*", "??*", "b{a,}b"];

/** Every text of `a`, `b` and `c` up to five characters: long enough to hold a witness for the patterns above. */
function texts(): string[] {
  let words = [""];
  const all = [""];
  for (let length = 1; length <= 5; length++) {
    words = words.flatMap((word) => ["a", "b", "c"].map((letter) => word + letter));
    all.push(...words);
  }
  return all;
}

function globOf(pattern: string): Glob {
  const parsed = parseGlob(pattern);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.glob;
}

const TEXTS = texts();
const MATCHED = new Map(PATTERNS.map((pattern) => [pattern, new Set(TEXTS.filter((text) => matchesGlob(globOf(pattern), text)))]));
const PAIRS = PATTERNS.flatMap((left) => PATTERNS.map((right) => [left, right] as const));

describe("globsOverlap", () => {
  it("is true exactly where some text matches both", () => {
    const wrong = PAIRS.filter(
      ([left, right]) => globsOverlap(globOf(left), globOf(right)) === MATCHED.get(left)!.isDisjointFrom(MATCHED.get(right)!),
    );
    expect(wrong).toEqual([]);
  });
});

describe("globCovers", () => {
  it("never claims to cover what it does not", () => {
    const wrong = PAIRS.filter(
      ([outer, inner]) => globCovers(globOf(outer), globOf(inner)) && !MATCHED.get(inner)!.isSubsetOf(MATCHED.get(outer)!),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ["*", "a*b"],
    ["a*", "a*b"],
    ["*b*", "ab"],
    ["[ab]", "a"],
    ["?", "[ab]"],
    ["{a,bb}", "a"],
  ])("%s covers %s", (outer, inner) => {
    expect(globCovers(globOf(outer), globOf(inner))).toBe(true);
  });
});
