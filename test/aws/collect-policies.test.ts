import { describe, expect, it } from "vitest";
import { collectRoles } from "./collect-policies.ts";
import { resolveTemplate, type TemplateResource } from "./resolve-template.ts";

const PLACE = { region: "eu-central-1", account: "111122223333", stackName: "Audit" };
const TRUST = { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }] };

function allow(action: string): unknown {
  return { Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] };
}

function rolesOf(resources: Record<string, TemplateResource>) {
  return collectRoles(resolveTemplate({ Resources: resources }, PLACE));
}

describe("a role", () => {
  it("has the statements of inline, attached and managed policies, and of no other role's", () => {
    const [role, other] = rolesOf({
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: TRUST,
          Policies: [{ PolicyName: "Inline", PolicyDocument: allow("a:Inline") }],
          ManagedPolicyArns: [
            { Ref: "Managed" },
            { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]] },
          ],
        },
      },
      Other: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: TRUST } },
      Policy: { Type: "AWS::IAM::Policy", Properties: { PolicyDocument: allow("a:Attached"), Roles: [{ Ref: "Role" }] } },
      Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: allow("a:Managed") } },
    });
    expect(role!.statements.map(({ id }) => id)).toEqual(["Role.Inline[0]", "Policy[0]", "Managed[0]", "AWSLambdaBasicExecutionRole[0]"]);
    expect(other!.statements).toEqual([]);
  });

  it("can be had only by the services that its trust policy names", () => {
    const [role] = rolesOf({ Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: TRUST } } });
    expect(role!.isTrusting("lambda.amazonaws.com")).toBe(true);
    expect(role!.isTrusting("states.amazonaws.com")).toBe(false);
  });

  it.each([
    [{ ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }, "whose statements are not known here"],
    [{ PermissionsBoundary: "arn:aws:iam::1:policy/x" }, "has a permissions boundary"],
  ])("is refused where its permissions cannot be known: %j", (properties, message) => {
    expect(() => rolesOf({ Role: { Type: "AWS::IAM::Role", Properties: properties } })).toThrow(message);
  });
});
