import { describe, expect, it } from "vitest";
import { evaluatePolicy } from "./evaluate-policy.ts";
import { readStatements } from "./policy-statement.ts";

const TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/history";

function decide(statements: unknown, action: string, resource: string, context: Record<string, string[]> = {}) {
  return evaluatePolicy(readStatements("P", { Statement: statements }), { action, resource, context });
}

function allows(condition: unknown, context: Record<string, string[]>): boolean {
  return decide({ Effect: "Allow", Action: "a:B", Resource: "*", Condition: condition }, "a:B", "*", context).allowed;
}

describe("a policy", () => {
  it("denies what no statement allows", () => {
    expect(decide([], "s3:GetObject", "arn:aws:s3:::b/k")).toEqual({ allowed: false, why: "no-statement", statement: null });
  });

  it("names the statement that allowed", () => {
    const statements = [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
      { Sid: "Read", Effect: "Allow", Action: ["dynamodb:getitem", "dynamodb:Query"], Resource: [TABLE, `${TABLE}/index/*`] },
    ];
    expect(decide(statements, "dynamodb:GetItem", TABLE).statement).toBe("P[1] Read");
    expect(decide(statements, "dynamodb:Query", `${TABLE}/index/open`).allowed).toBe(true);
    expect(decide(statements, "dynamodb:Query", `${TABLE}s`).allowed).toBe(false);
    expect(decide(statements, "dynamodb:QueryMore", TABLE).allowed).toBe(false);
  });

  it("lets an explicit deny win over whatever allows", () => {
    const statements = [
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", NotAction: "s3:Get*", Resource: "*" },
    ];
    expect(decide(statements, "s3:PutObject", "arn:aws:s3:::b/k")).toEqual({ allowed: false, why: "explicit-deny", statement: "P[1]" });
    expect(decide(statements, "s3:GetObject", "arn:aws:s3:::b/k").statement).toBe("P[0]");
  });

  it("knows NotResource and both wildcards", () => {
    const statement = { Effect: "Allow", Action: "s3:?etObject", NotResource: "arn:aws:s3:::secret-??????/*" };
    expect(decide(statement, "s3:GetObject", "arn:aws:s3:::open/k").allowed).toBe(true);
    expect(decide(statement, "s3:GetObject", "arn:aws:s3:::secret-AbCdEf/k").allowed).toBe(false);
    expect(decide(statement, "s3:DeleteObject", "arn:aws:s3:::open/k").allowed).toBe(false);
  });

  it("is case sensitive in resources and takes no character for a pattern but its wildcards", () => {
    const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b.c/(k)[1]${*}" };
    expect(decide(statement, "s3:GetObject", "arn:aws:s3:::b.c/(k)[1]*").allowed).toBe(true);
    expect(decide(statement, "s3:GetObject", "arn:aws:s3:::bxc/(k)[1]*").allowed).toBe(false);
    expect(decide(statement, "s3:GetObject", "arn:aws:s3:::B.c/(k)[1]*").allowed).toBe(false);
  });

  it.each<[string, unknown, Record<string, string[]>, boolean]>([
    [
      "an equal value",
      { StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" } },
      { "kms:viaservice": ["sns.eu-central-1.amazonaws.com"] },
      true,
    ],
    [
      "another value",
      { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
      { "kms:viaservice": ["sns.eu-central-1.amazonaws.com"] },
      false,
    ],
    ["an absent key", { StringEquals: { "kms:ViaService": "x" } }, {}, false],
    ["an absent key, if it exists", { StringEqualsIfExists: { "kms:ViaService": "x" } }, {}, true],
    ["an absent key of a negated operator", { StringNotEquals: { "kms:ViaService": "x" } }, {}, true],
    ["one of several values", { StringLike: { "s3:prefix": ["runs/*", "reports/*"] } }, { "s3:prefix": ["reports/1"] }, true],
    ["one key of two", { StringEquals: { a: "1", b: "2" } }, { a: ["1"], b: ["3"] }, false],
    ["a pattern of ARNs", { ArnLike: { "aws:SourceArn": "arn:aws:states:*:*:x" } }, { "aws:sourcearn": ["arn:aws:states:e:1:x"] }, true],
    ["another ARN", { ArnNotEquals: { "aws:SourceArn": "arn:aws:states:*" } }, { "aws:sourcearn": ["arn:aws:states:e:1:x"] }, false],
    ["a boolean", { Bool: { "aws:SecureTransport": false } }, { "aws:securetransport": ["true"] }, false],
    [
      "all leading keys",
      { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["RUN*"] } },
      { "dynamodb:leadingkeys": ["RUN", "RUN1"] },
      true,
    ],
    [
      "a leading key too many",
      { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["RUN*"] } },
      { "dynamodb:leadingkeys": ["RUN", "F#"] },
      false,
    ],
    ["all of no leading keys", { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["RUN*"] } }, {}, true],
    [
      "any leading key",
      { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["RUN*"] } },
      { "dynamodb:leadingkeys": ["F#", "RUN"] },
      true,
    ],
    ["any of no leading keys", { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["RUN*"] } }, {}, false],
    ["a key that is there", { Null: { a: "false" } }, { a: ["1"] }, true],
    ["a key that is to be absent", { Null: { a: "true" } }, { a: ["1"] }, false],
  ])("judges a condition by %s", (_, condition, context, expected) => {
    expect(allows(condition, context)).toBe(expected);
  });

  it("guesses nothing that it does not know", () => {
    expect(() => allows({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, {})).toThrow("IpAddress is not supported");
    expect(() => decide({ Effect: "Allow", Action: "a:B", Resource: "x/${aws:username}" }, "a:B", "x/y")).toThrow("is not supported");
    expect(() => decide({ Effect: "Permit", Action: "a:B", Resource: "*" }, "a:B", "x")).toThrow("the effect is Permit");
  });
});
