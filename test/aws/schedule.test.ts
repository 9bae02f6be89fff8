import { describe, expect, it } from "vitest";
import { collectRoles } from "./collect-policies.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import { collectResourcePolicies } from "./resource-policies.ts";
import { resolveTemplate } from "./resolve-template.ts";
import { readScheduledStart } from "./schedule.ts";

const MACHINE = "arn:aws:states:eu-central-1:1:stateMachine:M";

function start({ action = "states:StartExecution", service = "scheduler.amazonaws.com", state = "ENABLED" } = {}) {
  const Statement = [{ Effect: "Allow", Action: action, Resource: MACHINE }];
  const trust = {
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: service },
        Condition: { StringEquals: { "aws:SourceAccount": "1" } },
      },
    ],
  };
  const Input = '{"at":"<aws.scheduler.scheduled-time>","try":"<aws.scheduler.attempt-number>"}';
  const Target = { Arn: MACHINE, RoleArn: { "Fn::GetAtt": ["Role", "Arn"] }, Input };
  const Resources = {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: "P", PolicyDocument: { Statement } }] },
    },
    Schedule: { Type: "AWS::Scheduler::Schedule", Properties: { State: state, Target } },
  };
  const template = resolveTemplate({ Resources }, { region: "eu-central-1", account: "1", stackName: "S" });
  const roles = collectRoles(template);
  return readScheduledStart(template, roles, new Gatekeeper(roles, collectResourcePolicies(template)), "2026-11-21T02:00:00Z");
}

describe("a schedule", () => {
  it("starts its target with the time that it was due", () => {
    expect(start()).toEqual({ target: MACHINE, input: { at: "2026-11-21T02:00:00Z", try: "1" } });
  });

  it.each([
    [{ action: "states:StopExecution" }, "is not authorized to perform: states:StartExecution"],
    [{ service: "lambda.amazonaws.com" }, "the Scheduler may not have"],
    [{ state: "DISABLED" }, "Schedule is disabled"],
  ])("starts nothing with %j", (fault, message) => {
    expect(() => start(fault)).toThrow(message);
  });
});
