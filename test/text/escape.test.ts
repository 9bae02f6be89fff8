import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { escapeAscii, escapeText, formatJson, formatJsonPieces, quoteShell } from "../../lib/text/escape.ts";

describe("escapeText", () => {
  it.each([
    ["an escape sequence", "\u001b[31mred", "\\u{1b}[31mred"],
    ["a line feed", "one\ntwo", "one\\u{a}two"],
    ["a right-to-left override", "v1\u202e2", "v1\\u{202e}2"],
    ["a zero-width space", "v1\u200b", "v1\\u{200b}"],
    ["a line separator", "a\u2028b", "a\\u{2028}b"],
    ["a tag character beyond the first plane", "a\u{e0041}", "a\\u{e0041}"],
    ["an invisible filler", "a\u3164", "a\\u{3164}"],
    ["a lone surrogate", "a\ud800b", "a\\u{d800}b"],
    ["a C1 control", "a\u009bb", "a\\u{9b}b"],
  ])("shows %s as an escape", (_, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it("leaves what people write as it is", () => {
    expect(escapeText("Jürgen's Ωmega 🚀 (v1)")).toBe("Jürgen's Ωmega 🚀 (v1)");
  });

  it("keeps 256 characters and then says that there was more", () => {
    expect(escapeText("a".repeat(256))).toBe("a".repeat(256));
    expect(escapeText("a".repeat(257))).toBe(`${"a".repeat(256)}…`);
    expect(escapeText("🚀".repeat(300))).toBe(`${"🚀".repeat(256)}…`);
  });

  it("never cuts an escape in two", () => {
    expect(escapeText("\u202e".repeat(100))).toMatch(/^(\\u\{202e\}){32}…$/);
  });
});

describe("escapeAscii", () => {
  it("leaves nothing but printable ASCII", () => {
    expect(escapeAscii("café\n🚀")).toBe("caf\\u{e9}\\u{a}\\u{1f680}");
  });
});

describe("quoteShell", () => {
  it.each(["ghcr.io/acme/app@sha256:00", "--key", "v1.2.3+build"])("leaves the plain word %s unquoted", (word) => {
    expect(quoteShell(word)).toBe(word);
  });

  it.each([
    ["nothing", ""],
    ["a quote", "it's"],
    ["a command", "$(reboot) `reboot` ; reboot & | > x"],
    ["a glob and a home", "~/*?[a]"],
    ["history expansion", "a!b"],
    ["a backslash", "a\\b\\"],
    ["controls with quotes, percent signs and a leading minus", "-v \u001b[31m'%s' \\ !x \"$HOME\" `id`"],
    ["a hidden line feed", "a\nreboot"],
    ["bidirectional text", "a\u202eb é"],
  ])("stays one argument with %s", (_, argument) => {
    const shown = execFileSync("sh", ["-c", `printf '<%s>' ${quoteShell(argument)}`], { encoding: "utf8" });
    expect(shown).toBe(`<${argument}>`);
  });

  it("shows no control or bidirectional character itself", () => {
    expect(quoteShell("a\u001b\u202e\nb")).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe("formatJsonPieces", () => {
  it.each([
    [{}],
    [{ list: [] }],
    [
      {
        run: { id: "x", list: [1, { a: [] }] },
        none: null,
        long: Array.from({ length: 3000 }, (_, at) => ({ tag: `1.0.${at}`, text: "a\u202e\nb" })),
        end: 1,
      },
    ],
  ])("is the same text, in pieces", (document) => {
    const pieces = [...formatJsonPieces(document)];
    expect(pieces.join("")).toBe(formatJson(document));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
  });
});

describe("formatJson", () => {
  it("denotes the same value without a character that a terminal obeys", () => {
    const value = { "k\u202e": ["\u001b[2J", "\u009b", "\u2028", "\u{e0041}", "\ud800", "é", "two\nlines"] };
    const text = formatJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
  });
});
