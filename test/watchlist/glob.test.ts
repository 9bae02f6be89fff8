import { describe, expect, it } from "vitest";
import { matchesGlob, parseGlob } from "../../lib/watchlist/select/glob.ts";

function matches(pattern: string, text: string): boolean {
  const parsed = parseGlob(pattern);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return matchesGlob(parsed.glob, text);
}

describe("matchesGlob", () => {
  it.each([
    ["v*", "v1.2.3", true],
    ["v*", "1.2.3", false],
    ["*-rc*", "v1.2.3-rc1", true],
    ["*-rc*", "v1.2.3", false],
    ["1.*", "1.2", true],
    ["1.*", "10", false],
    ["v?", "v1", true],
    ["v?", "v12", false],
    ["v[0-9]*", "v1.0", true],
    ["v[0-9]*", "vnext", false],
    ["[!v]*", "v1", false],
    ["[!v]*", "1", true],
    ["{latest,stable}", "stable", true],
    ["{latest,stable}", "edge", false],
    ["v{1,2}.{0,1}", "v2.0", true],
    ["v{1,2}.{0,1}", "v2.2", false],
    ["**", "anything", true],
    ["*", "", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-b-b", false],
    ["latest", "latest", true],
    ["latest", "Latest", false],
    ["1.2", "1x2", false],
  ] as const)("%s on %s: %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it("answers for patterns that a backtracking matcher would never finish", () => {
    expect(matches("*a*a*a*a*a*a*a*a*a*b", "a".repeat(128))).toBe(false);
  });
});

describe("parseGlob", () => {
  it.each([
    ["", "an empty pattern"],
    ["!v*", `a pattern that starts with "!"`],
    ["v[0-9", `"[" without a list of characters and "]"`],
    ["v[]", `"[" without a list of characters and "]"`],
    ["v[9-0]", `"[" without a list of characters and "]"`],
    ["v{1,2", "a brace without its counterpart, or braces inside braces"],
    ["v{1,{2,3}", "a brace without its counterpart, or braces inside braces"],
    ["^v.*$", `"^", which no tag can have`],
    ["team/v*", `"/", which no tag can have`],
    ["v1\\.2", `"\\\\", which no tag can have`],
    ["v 1", `" ", which no tag can have`],
    ["{a,b}".repeat(10), "more than 64 alternatives in braces"],
  ])("refuses %j", (pattern, detail) => {
    expect(parseGlob(pattern)).toEqual({ kind: "malformed", detail });
  });
});
