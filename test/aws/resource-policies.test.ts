import { describe, expect, it } from "vitest";
import { newNeed } from "./access-need.ts";
import { collectResourcePolicies } from "./resource-policies.ts";
import { resolveTemplate, type Properties } from "./resolve-template.ts";

const ROLE = "arn:aws:iam::1:role/R";
const OBJECT = "arn:aws:s3:::b/k";

function judge(type: string, properties: Properties, action: string, resource: string) {
  const template = resolveTemplate(
    { Resources: { P: { Type: type, Properties: properties } } },
    { region: "eu-central-1", account: "1", stackName: "S" },
  );
  const key = template.resources[0]!.names.arn;
  return collectResourcePolicies(template).judge(ROLE, newNeed(action, resource === "key" ? key : resource)).standing;
}

const statement = (more: object) => ({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*", ...more }] });
const bucket = (more: object) => judge("AWS::S3::BucketPolicy", { Bucket: "b", PolicyDocument: statement(more) }, "s3:GetObject", OBJECT);
const key = (more: object) => judge("AWS::KMS::Key", { KeyPolicy: statement(more) }, "kms:Decrypt", "key");

describe("the policy of a resource", () => {
  it("denies what it denies to everyone", () => {
    expect(bucket({ Effect: "Deny", Principal: { AWS: "*" } })).toBe("denied");
    expect(bucket({ Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } })).toBe("silent");
  });

  it("allows the role that it names, and leaves to the account what it allows the account", () => {
    expect(bucket({ Principal: { AWS: [ROLE] } })).toBe("allowed");
    expect(bucket({ Principal: { AWS: "arn:aws:iam::1:root" } })).toBe("silent");
    expect(bucket({ Principal: { Service: "logging.s3.amazonaws.com" } })).toBe("silent");
  });

  it("of a key denies everyone that it does not name", () => {
    expect(key({ Principal: { AWS: "arn:aws:iam::1:root" } })).toBe("silent");
    expect(key({ Principal: { AWS: "arn:aws:iam::1:role/Other" } })).toBe("denied");
  });
});
