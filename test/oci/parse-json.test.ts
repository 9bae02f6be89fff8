import { describe, expect, it } from "vitest";
import { cosignTag, parseCompanionTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import { digestOf, isDigest, matchesDigest, shortDigest } from "../../lib/oci/digest.ts";
import { JSON_DEPTH_LIMIT, parseJson } from "../../lib/oci/parse-json.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("JSON that an attacker may have written", () => {
  it("is parsed as JSON.parse would where nothing is odd", () => {
    const value = { a: [1, "two", { 'th"ree': null }], "{": "}" };
    expect(parseJson(bytes(JSON.stringify(value)), { duplicateKeys: "refuse" })).toEqual({ kind: "parsed", value });
  });

  it.each(['{"a":1,"a":2}', '{"x":{"a":1,"\\u0061":2}}', '[{"a":1 , "b":2,"a" :3}]'])("%s names a key twice", (text) => {
    expect(parseJson(bytes(text), { duplicateKeys: "refuse" })).toMatchObject({ kind: "malformed" });
    expect(parseJson(bytes(text))).toMatchObject({ kind: "parsed" });
  });

  it("does not take equal values, or keys of two objects, for a key that stands twice", () => {
    expect(parseJson(bytes('[{"a":"a"},{"a":"a"},"a","a"]'), { duplicateKeys: "refuse" }).kind).toBe("parsed");
  });

  it("is refused when it is nested too deep, cut off, or not UTF-8", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(parseJson(bytes(nested(JSON_DEPTH_LIMIT))).kind).toBe("parsed");
    expect(parseJson(bytes(nested(JSON_DEPTH_LIMIT + 1))).kind).toBe("malformed");
    expect(parseJson(bytes('{"a":')).kind).toBe("malformed");
    expect(parseJson(bytes('{"a')).kind).toBe("malformed");
    expect(parseJson(new Uint8Array([0x22, 0xff, 0x22])).kind).toBe("malformed");
    expect(parseJson(bytes("")).kind).toBe("malformed");
  });
});

describe("JSON of more values than it may hold", () => {
  const tiny = `[${"{},".repeat(2000)}{}]`;
  const keys = JSON.stringify(Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`k${at}`, 0])));

  it.each([
    ["tiny objects", tiny],
    ["tiny lists", tiny.replaceAll("{}", "[]")],
    ["numbers", `[${"0,".repeat(2000)}0]`],
    ["keys", keys],
  ])("is refused: %s", (_what, text) => {
    expect(parseJson(bytes(text), { values: 2000 })).toEqual({ kind: "malformed", detail: "more than 2000 values" });
    expect(parseJson(bytes(text), { values: 5000 }).kind).toBe("parsed");
  });

  it("counts no text, however much looks like values in it", () => {
    expect(parseJson(bytes(JSON.stringify({ text: tiny })), { values: 3 }).kind).toBe("parsed");
  });
});

describe("a digest", () => {
  it("is lower-case hex of a registered length and names exact bytes", () => {
    const [short, long] = [digestOf("x"), digestOf("x", "sha512")];
    expect([short, long].every(isDigest)).toBe(true);
    expect([short.toUpperCase(), short.slice(0, -1), `${short}0`, "md5:00", `sha256:${"g".repeat(64)}`, null].some(isDigest)).toBe(false);
    expect(matchesDigest(bytes("x"), short) && matchesDigest(bytes("x"), long)).toBe(true);
    expect(matchesDigest(bytes("y"), short)).toBe(false);
    expect(shortDigest(short)).toBe(`${short.slice(0, 15)}…`);
  });
});

describe("a companion tag", () => {
  const digest = digestOf("x");
  const hex = digest.slice(7);

  it("is what cosign and the referrers tag schema make of a digest", () => {
    expect(cosignTag(digest, ".sig", "pre-")).toBe(`pre-sha256-${hex}.sig`);
    expect(referrersTag(digest)).toBe(`sha256-${hex}`);
    expect(referrersTag(digestOf("x", "sha512"))).toHaveLength("sha512-".length + 64);
  });

  it("is read back, with any prefix, and nothing else is one", () => {
    expect(parseCompanionTag(`pre-sha256-${hex}.att`)).toEqual({ prefix: "pre-", algorithm: "sha256", hex, suffix: ".att" });
    expect(parseCompanionTag(referrersTag(digest))).toMatchObject({ prefix: "", suffix: "" });
    for (const tag of ["v1", `sha256-${hex.slice(1)}`, `sha256-${hex}.txt`, `sha256-${hex}0`, "latest"])
      expect(parseCompanionTag(tag)).toBeNull();
  });
});
