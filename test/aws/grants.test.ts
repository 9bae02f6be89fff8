import { describe, expect, it } from "vitest";
import type { AccessRecord } from "./gatekeeper.ts";
import { findUnusedGrants, listGrants, withoutGrant } from "./grants.ts";
import type { Template } from "./resolve-template.ts";

const PLACE = { region: "eu-central-1", account: "1", stackName: "S" };
const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });

const TEMPLATE: Template = {
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [{ PolicyName: "Own", PolicyDocument: { Statement: [allow("s3:GetObject")] } }],
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
      },
    },
    Policy: {
      Type: "AWS::IAM::Policy",
      Properties: {
        Roles: [{ Ref: "Role" }],
        PolicyDocument: { Statement: [allow("kms:Decrypt", "kms:GenerateDataKey*"), allow("sns:Publish")] },
      },
    },
  },
};

function used(statement: string, action: string, allowed = true): AccessRecord {
  return { role: "Role", statement, action, resource: "*", allowed, why: allowed ? "allowed" : "no-statement", count: 1 };
}

describe("the grants of a template", () => {
  it("are the actions of its own statements, inline ones included, those of AWS left out", () => {
    expect(listGrants(TEMPLATE, PLACE).map(({ statement, action }) => `${statement} ${action}`)).toEqual([
      "Role.Own[0] s3:GetObject",
      "Policy[0] kms:Decrypt",
      "Policy[0] kms:GenerateDataKey*",
      "Policy[1] sns:Publish",
    ]);
  });

  it("are unused where no allowed call was by that statement", () => {
    const records = [
      used("Policy[0]", "kms:GenerateDataKey"),
      used("Policy[1]", "sns:Publish", false),
      used("Role.Own[0]", "s3:GetObject"),
    ];
    expect(findUnusedGrants(listGrants(TEMPLATE, PLACE), records).map(({ action }) => action)).toEqual(["kms:Decrypt", "sns:Publish"]);
  });

  it.each([
    [{ statement: "Policy[1]" }, ["s3:GetObject", "kms:Decrypt", "kms:GenerateDataKey*"]],
    [{ statement: "Role.Own[0]" }, ["kms:Decrypt", "kms:GenerateDataKey*", "sns:Publish"]],
    [{ statement: "Policy[0]", action: "kms:Decrypt" }, ["s3:GetObject", "kms:GenerateDataKey*", "sns:Publish"]],
    [{ statement: "Policy[1]", action: "sns:Publish" }, ["s3:GetObject", "kms:Decrypt", "kms:GenerateDataKey*"]],
  ])("can be taken away one by one: %j", (grant, left) => {
    expect(listGrants(withoutGrant(TEMPLATE, grant), PLACE).map(({ action }) => action)).toEqual(left);
    expect(listGrants(TEMPLATE, PLACE)).toHaveLength(4);
  });

  it("cannot be taken away where there are none", () => {
    expect(() => withoutGrant(TEMPLATE, { statement: "Policy[7]" })).toThrow("there is no statement Policy[7]");
  });
});
