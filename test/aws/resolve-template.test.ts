import { describe, expect, it } from "vitest";
import { resolveTemplate, resourcesOf, type Template } from "./resolve-template.ts";

const PLACE = { region: "eu-central-1", account: "111122223333", stackName: "Audit" };

/** The value that one expression has in a template with a table, a topic and what `more` adds. */
function valueOf(expression: unknown, more: Partial<Template> = {}): unknown {
  const template: Template = {
    ...more,
    Resources: {
      Table: { Type: "AWS::DynamoDB::GlobalTable", Properties: {} },
      Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: { "Fn::Join": ["-", ["night", { Ref: "AWS::Region" }]] } } },
      Bucket: { Type: "AWS::S3::Bucket" },
      Probe: { Type: "Custom::Probe", Properties: { Value: expression } },
      ...more.Resources,
    },
  };
  return resourcesOf(resolveTemplate(template, PLACE), "Custom::Probe")[0]!.properties["Value"];
}

describe("a template", () => {
  it.each([
    [{ Ref: "Topic" }, "arn:aws:sns:eu-central-1:111122223333:night-eu-central-1"],
    [{ "Fn::GetAtt": ["Topic", "TopicName"] }, "night-eu-central-1"],
    [{ "Fn::GetAtt": "Topic.TopicArn" }, "arn:aws:sns:eu-central-1:111122223333:night-eu-central-1"],
    [{ "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":s3:::x"]] }, "arn:aws:s3:::x"],
    [{ "Fn::Select": [1, { "Fn::Split": ["/", "a/b/c"] }] }, "b"],
    [{ "Fn::Sub": "${AWS::AccountId}-${Topic.TopicName}-${!Literal}" }, "111122223333-night-eu-central-1-${Literal}"],
    [{ "Fn::Sub": ["${x}.${AWS::URLSuffix}", { x: { Ref: "AWS::StackName" } }] }, "Audit.amazonaws.com"],
    [
      { a: 1, b: { Ref: "AWS::NoValue" }, c: ["x", { Ref: "AWS::NoValue" }] },
      { a: 1, c: ["x"] },
    ],
    [{ "Fn::Base64": "x" }, "eA=="],
  ])("has %j resolved", (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });

  it("has conditions, mappings and parameters resolved, the bootstrap version left alone", () => {
    const more: Partial<Template> = {
      Parameters: {
        BootstrapVersion: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/version" },
        Stage: { Type: "String", Default: "test" },
      },
      Conditions: {
        IsTest: { "Fn::Equals": [{ Ref: "Stage" }, "test"] },
        IsOther: { "Fn::And": [{ Condition: "IsTest" }, { "Fn::Not": [{ "Fn::Or": [{ Condition: "IsTest" }] }] }] },
      },
      Mappings: { Sizes: { "eu-central-1": { memory: 512 } } },
    };
    const expression = {
      here: { "Fn::If": ["IsTest", 1, 2] },
      there: { "Fn::If": ["IsOther", 1, { Ref: "AWS::NoValue" }] },
      mapped: { "Fn::FindInMap": ["Sizes", { Ref: "AWS::Region" }, "memory"] },
    };
    expect(valueOf(expression, more)).toEqual({ here: 1, mapped: 512 });
  });

  it("keeps the conditions of a policy, which are no function", () => {
    const statement = { Condition: { Bool: { "aws:SecureTransport": "true" } } };
    expect(valueOf(statement)).toEqual(statement);
  });

  it("leaves out a resource whose condition is false", () => {
    const template: Template = {
      Conditions: { Never: { "Fn::Equals": ["a", "b"] } },
      Resources: { Topic: { Type: "AWS::SNS::Topic", Condition: "Never" } },
    };
    expect(resolveTemplate(template, PLACE).resources).toEqual([]);
  });

  it("has names that are the same each time, and bucket names as S3 takes them", () => {
    const name = valueOf({ Ref: "Bucket" });
    expect(name).toMatch(/^audit-bucket-[0-9a-f]{12}$/);
    expect(valueOf({ Ref: "Bucket" })).toBe(name);
    expect(valueOf({ "Fn::GetAtt": ["Bucket", "Arn"] })).toBe(`arn:aws:s3:::${String(name)}`);
  });

  it.each([
    [{ Ref: "Nothing" }, "there is no resource Nothing"],
    [{ "Fn::GetAtt": ["Topic", "Colour"] }, "has no attribute Colour"],
    [{ "Fn::ImportValue": "x" }, "Fn::ImportValue is not supported"],
    [{ "Fn::If": ["Nothing", 1, 2] }, "there is no condition Nothing"],
  ])("is refused for %j", (expression, message) => {
    expect(() => valueOf(expression)).toThrow(message);
  });

  it("is refused where a name depends on itself", () => {
    const circle: Template = {
      Resources: { A: { Type: "AWS::SNS::Topic", Properties: { TopicName: { "Fn::GetAtt": ["A", "TopicName"] } } } },
    };
    expect(() => resolveTemplate(circle, PLACE)).toThrow("the name of A depends on itself");
  });
});
