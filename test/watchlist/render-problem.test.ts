import { describe, expect, it } from "vitest";
import { quoteFound } from "../../lib/watchlist/read/quote-found.ts";
import { renderProblem } from "../../lib/watchlist/render-problem.ts";
import type { Problem } from "../../lib/watchlist/watch-list.ts";

const PROBLEM: Problem = {
  file: "/watch/teams/a.yaml",
  line: 12,
  column: 7,
  severity: "error",
  code: "x",
  message: "found a",
  remedy: "write b",
};

describe("renderProblem", () => {
  it("shows a file below the base relative to it, and any other in full", () => {
    expect(renderProblem(PROBLEM, "/watch")).toBe("teams/a.yaml:12:7: error: found a; write b");
    expect(renderProblem(PROBLEM, "/elsewhere")).toBe("/watch/teams/a.yaml:12:7: error: found a; write b");
  });

  it("stays one line that reads in one direction", () => {
    const message = "found a\r\n\u001b[31m\u202eb\u2028";
    expect(renderProblem({ ...PROBLEM, message }, "/watch")).toBe(
      String.raw`teams/a.yaml:12:7: error: found a\u{d}\u{a}\u{1b}[31m\u{202e}b\u{2028}; write b`,
    );
  });
});

describe("quoteFound", () => {
  it("cuts what is long, and only names PEM text", () => {
    expect(quoteFound("x".repeat(70))).toBe(`"${"x".repeat(59)}…"`);
    expect(quoteFound("-----BEGIN PRIVATE KEY-----\nsecret")).toBe("PEM text");
  });
});
