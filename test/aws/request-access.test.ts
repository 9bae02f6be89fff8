import { describe, expect, it } from "vitest";
import type { AccessNeed } from "./access-need.ts";
import { needsOfDynamodb } from "./dynamodb-access.ts";
import { readKnownResources } from "./known-resources.ts";
import { resolveTemplate, type Template } from "./resolve-template.ts";
import { needsOfS3, parseS3Request } from "./s3-access.ts";
import { needsOfSns } from "./sns-access.ts";

const PLACE = { region: "eu-central-1", account: "1", stackName: "S" };
const KEY = { "Fn::GetAtt": ["Key", "Arn"] };
const HASH = (AttributeName: string) => [{ AttributeName, KeyType: "HASH" }];

const TEMPLATE: Template = {
  Resources: {
    Key: { Type: "AWS::KMS::Key", Properties: { KeyPolicy: { Statement: [] } } },
    Alias: { Type: "AWS::KMS::Alias", Properties: { AliasName: "alias/audit", TargetKeyId: KEY } },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: { TableName: "history", KeySchema: HASH("pk"), GlobalSecondaryIndexes: [{ IndexName: "open", KeySchema: HASH("open") }] },
    },
    Sealed: {
      Type: "AWS::DynamoDB::Table",
      Properties: { TableName: "sealed", KeySchema: HASH("pk"), SSESpecification: { KMSMasterKeyId: KEY } },
    },
    Bucket: {
      Type: "AWS::S3::Bucket",
      Properties: {
        BucketName: "reports",
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KEY } }],
        },
      },
    },
    Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "told", KmsMasterKeyId: "alias/audit" } },
    Plain: { Type: "AWS::SNS::Topic", Properties: { TopicName: "plain", KmsMasterKeyId: "alias/aws/sns" } },
  },
};
const RESOURCES = readKnownResources(resolveTemplate(TEMPLATE, PLACE));

/** `action resource-without-its-service leading-keys`. */
function describeNeed({ action, resource, context }: AccessNeed): string {
  const keys = context["dynamodb:leadingkeys"] ?? [];
  return [
    action,
    resource
      .split(/:|\//)
      .slice(action.startsWith("s3:") ? 5 : 6)
      .join("/"),
    ...keys,
  ]
    .join(" ")
    .replace(/ [0-9a-f-]{36}/, "");
}

function dynamodb(operation: string, input: object): string[] {
  return needsOfDynamodb(operation, input, RESOURCES).map(describeNeed);
}

const at = (pk: string) => ({ pk: { S: pk } });

describe("a request to DynamoDB", () => {
  it.each<[string, object, string[]]>([
    ["GetItem", { TableName: "history", Key: at("a") }, ["dynamodb:GetItem history a"]],
    ["PutItem", { TableName: "arn:aws:dynamodb:eu-central-1:1:table/history", Item: at("a") }, ["dynamodb:PutItem history a"]],
    ["DescribeTable", { TableName: "other" }, ["dynamodb:DescribeTable other"]],
    ["Scan", { TableName: "history", IndexName: "open" }, ["dynamodb:Scan history/index/open"]],
    [
      "Query",
      {
        TableName: "history",
        IndexName: "open",
        KeyConditionExpression: "#o = :o AND sk > :s",
        ExpressionAttributeNames: { "#o": "open" },
        ExpressionAttributeValues: { ":o": { S: "yes" } },
      },
      ["dynamodb:Query history/index/open yes"],
    ],
    ["BatchGetItem", { RequestItems: { history: { Keys: [at("a"), at("b")] } } }, ["dynamodb:BatchGetItem history a b"]],
    [
      "BatchWriteItem",
      { RequestItems: { history: [{ PutRequest: { Item: at("a") } }, { DeleteRequest: { Key: at("b") } }] } },
      ["dynamodb:BatchWriteItem history a b"],
    ],
    [
      "TransactWriteItems",
      { TransactItems: [{ Update: { TableName: "history", Key: at("a") } }, { ConditionCheck: { TableName: "history", Key: at("b") } }] },
      ["dynamodb:UpdateItem history a", "dynamodb:ConditionCheckItem history b"],
    ],
    ["TransactGetItems", { TransactItems: [{ Get: { TableName: "history", Key: at("a") } }] }, ["dynamodb:GetItem history a"]],
    ["GetItem", { TableName: "sealed", Key: at("a") }, ["dynamodb:GetItem sealed a", "kms:Decrypt"]],
    ["ListTables", {}, ["dynamodb:ListTables "]],
  ])("%s needs what IAM asks for it", (operation, input, needs) => {
    expect(dynamodb(operation, input)).toEqual(needs);
  });
});

describe("a request to S3", () => {
  it.each<[string, string, string[]]>([
    ["GET", "/plain/a/b%20c.json", ["s3:GetObject plain/a/b c.json"]],
    ["GET", "/reports/x", ["s3:GetObject reports/x", "kms:Decrypt"]],
    ["PUT", "/reports/x?x-id=PutObject", ["s3:PutObject reports/x", "kms:GenerateDataKey"]],
    ["PUT", "/reports/x?partNumber=1&uploadId=u", ["s3:PutObject reports/x", "kms:GenerateDataKey", "kms:Decrypt"]],
    ["DELETE", "/plain/x", ["s3:DeleteObject plain/x"]],
    ["DELETE", "/plain/x?uploadId=u", ["s3:AbortMultipartUpload plain/x"]],
    ["GET", "/plain?list-type=2&prefix=a", ["s3:ListBucket plain"]],
    ["HEAD", "/plain", ["s3:ListBucket plain"]],
    ["GET", "/plain/?location", ["s3:GetBucketLocation plain"]],
    ["GET", "/", ["s3:ListAllMyBuckets "]],
  ])("%s %s needs what IAM asks for it", (method, url, needs) => {
    expect(
      needsOfS3(parseS3Request(method, url), {}, RESOURCES)
        .map(describeNeed)
        .map((need) => need.replace(/^(kms:\w+) .*/, "$1")),
    ).toEqual(needs);
  });

  it("that is not known is an error, not a guess", () => {
    expect(() => needsOfS3(parseS3Request("PUT", "/plain?policy"), {}, RESOURCES)).toThrow(
      "PUT of the bucket plain with policy= is not supported",
    );
  });
});

describe("a publication", () => {
  it.each([
    ["told", ["sns:Publish", "kms:GenerateDataKey", "kms:Decrypt"]],
    ["plain", ["sns:Publish"]],
  ])("to %s needs the topic, and the key where it is the customer's", (topic, actions) => {
    const form = new URLSearchParams({ Action: "Publish", TopicArn: `arn:aws:sns:eu-central-1:1:${topic}` });
    const needs = needsOfSns(form, RESOURCES);
    expect(needs.map(({ action }) => action)).toEqual(actions);
    for (const { context } of needs.slice(1)) expect(context["kms:viaservice"]).toEqual(["sns.eu-central-1.amazonaws.com"]);
  });
});
