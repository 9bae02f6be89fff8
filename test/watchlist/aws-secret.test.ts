import { describe, expect, it } from "vitest";
import { parseAwsSecret } from "../../lib/watchlist/read/aws-secret.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/login-AbCdEf";

describe("a reference to a secret of AWS", () => {
  it.each([
    ["awssecret:///prod/login", { id: "prod/login", region: null }],
    ["awssecret:////prod/login", { id: "/prod/login", region: null }],
    [`awssecret:///${ARN}`, { id: ARN, region: "eu-central-1" }],
    [
      `awssecret:///${ARN.replace("aws:", "aws-us-gov:").replace("eu-central-1", "us-gov-west-1")}`,
      expect.objectContaining({ region: "us-gov-west-1" }),
    ],
  ])("%s names it", (reference, secret) => {
    expect(parseAwsSecret(reference)).toEqual(secret);
  });

  it.each([
    "awssecret:prod/login",
    "awssecret://prod/login",
    "awssecret:///",
    "awssecret:///a b",
    "awssecret:///a:b",
    "awssecret:///arn:aws:s3:eu-central-1:111122223333:secret:x",
    "awssecret:///arn:aws:secretsmanager:evil.example/x-1:111122223333:secret:x",
    `awssecret:///${"x".repeat(513)}`,
    "env:LOGIN",
  ])("%s is none", (reference) => {
    expect(parseAwsSecret(reference)).toBeNull();
  });
});
