import { describe, expect, it } from "vitest";
import { digestOf, hexOf } from "../../lib/oci/digest.ts";
import { claimedPredicateType } from "../../lib/verification/form/claimed-predicate.ts";
import { parseStatement } from "../../lib/verification/form/parse-statement.ts";

const SUBJECT = [{ name: "app", digest: { sha256: hexOf(digestOf("image")) } }];
const STATEMENT = {
  _type: "https://in-toto.io/Statement/v1",
  subject: SUBJECT,
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {},
};
const { predicateType, ...LAST } = STATEMENT;
const TYPED = { predicateType };

function claim(text: string): string | null {
  return claimedPredicateType(Buffer.from(text));
}

describe("the predicate type that bytes claim", () => {
  it.each([
    ["as it comes", JSON.stringify(STATEMENT)],
    ["with spaces and lines", JSON.stringify(STATEMENT, null, 2)],
    ["with the type last", JSON.stringify({ ...LAST, predicate: { a: ['}"', "]", "\\"], predicateType: "other" }, ...TYPED })],
    [
      "with keys and texts in escapes",
      JSON.stringify(STATEMENT).replace('"predicateType"', '"predicate\\u0054ype"').replace("slsa", "\\u0073lsa"),
    ],
    ["in an older version", JSON.stringify({ ...STATEMENT, _type: "https://in-toto.io/Statement/v0.1" })],
  ])("is what parsing the statement gives: %s", (_how, text) => {
    const parsed = parseStatement(Buffer.from(text));
    expect(parsed).toMatchObject({ kind: "parsed", statement: { predicateType: STATEMENT.predicateType } });
    expect(claim(text)).toBe(STATEMENT.predicateType);
  });

  it.each([
    ["no JSON", "junk"],
    ["nothing", ""],
    ["a list", "[1]"],
    ["cut", JSON.stringify(STATEMENT).slice(0, -1)],
    ["of another type", JSON.stringify({ ...STATEMENT, _type: "x" })],
    ["without a subject", JSON.stringify({ ...STATEMENT, subject: [] })],
    ["with a subject that is no list", JSON.stringify({ ...STATEMENT, subject: {} })],
    ["without a type", JSON.stringify({ ...STATEMENT, predicateType: "" })],
    ["with a number for a type", JSON.stringify({ ...STATEMENT, predicateType: 1 })],
    ["with a type that stands twice", JSON.stringify(STATEMENT).replace("{", '{"predicateType":"x",')],
  ])("is none where parsing refuses the statement: %s", (_how, text) => {
    expect(parseStatement(Buffer.from(text)).kind).toBe("malformed");
    expect(claim(text)).toBeNull();
  });

  it("of megabytes of objects is found without building any", () => {
    const before = process.memoryUsage().heapUsed;
    const text = `{"predicate":[${"{},".repeat(3_000_000)}{}],${JSON.stringify(STATEMENT).slice(1)}`.replace(',"predicate":{}', "");
    const bytes = Buffer.from(text);
    expect(claimedPredicateType(bytes)).toBe(STATEMENT.predicateType);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * text.length);
  });
});
