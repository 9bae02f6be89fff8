import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HAS_DYNOXIDE } from "../history/dynoxide.ts";
import type { CallObserver } from "./aws-proxy.ts";
import { collectRoles } from "./collect-policies.ts";
import { createResources } from "./create-resources.ts";
import { startLocalAws, type LocalAws } from "./local-aws.ts";
import { resolveTemplate, type ResolvedTemplate, type Template } from "./resolve-template.ts";

const KEY_POLICY = {
  Statement: [
    { Effect: "Allow", Action: "kms:*", Resource: "*", Principal: { AWS: { "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root" } } },
  ],
};
const arnOf = (id: string): unknown => ({ "Fn::GetAtt": [id, "Arn"] });

const STATEMENTS = {
  table: {
    Effect: "Allow",
    Action: ["dynamodb:PutItem", "dynamodb:ConditionCheckItem", "dynamodb:Query"],
    Resource: arnOf("Table"),
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["RUN*"] } },
  },
  topic: { Effect: "Allow", Action: "sns:Publish", Resource: { Ref: "Topic" } },
  key: {
    Effect: "Allow",
    Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
    Resource: arnOf("Key"),
    Condition: { StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" } },
  },
  objects: { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: { "Fn::Sub": "${Bucket.Arn}/runs/*" } },
  listing: { Effect: "Allow", Action: "s3:ListBucket", Resource: arnOf("Bucket"), Condition: { StringLike: { "s3:prefix": "runs/*" } } },
  secret: { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: { Ref: "Secret" } },
  ecr: { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
};

function newTemplate(): Template {
  const role = (statements: unknown[]) => ({
    Type: "AWS::IAM::Role",
    Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyName: "P", PolicyDocument: { Statement: statements } }] },
  });
  const { key: _, ...withoutKey } = STATEMENTS;
  return {
    Resources: {
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
          BillingMode: "PAY_PER_REQUEST",
        },
      },
      Key: { Type: "AWS::KMS::Key", Properties: { KeyPolicy: KEY_POLICY } },
      Topic: { Type: "AWS::SNS::Topic", Properties: { KmsMasterKeyId: arnOf("Key") } },
      Bucket: { Type: "AWS::S3::Bucket" },
      Secret: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "registry/token", SecretString: "hunter2" } },
      Able: role(Object.values(STATEMENTS)),
      Unable: role([]),
      Keyless: role(Object.values(withoutKey)),
    },
  };
}

describe.skipIf(!HAS_DYNOXIDE)("the proxy", () => {
  let aws: LocalAws;
  let template: ResolvedTemplate;
  let observe: CallObserver;
  const names: Record<string, string> = {};
  const clientOf = <T>(Client: new (config: object) => T, role: string): T =>
    new Client({ endpoint: aws.url, region: "eu-central-1", credentials: { accessKeyId: role, secretAccessKey: "x" }, maxAttempts: 1 });

  beforeAll(async () => {
    template = resolveTemplate(newTemplate(), { region: "eu-central-1", account: "111122223333", stackName: "S" });
    aws = await startLocalAws(template, collectRoles(template), { now: () => 0, observe: (call) => observe(call) });
    await createResources(aws, template, {});
    for (const { id, names: physical } of template.resources) names[id] = physical.ref;
  });
  beforeEach(() => {
    observe = () => undefined;
  });
  afterAll(() => aws?.close());

  const put = (pk: string) => new PutItemCommand({ TableName: names["Table"], Item: { pk: { S: pk } } });

  it("sends on what a statement allows and names it", async () => {
    await clientOf(DynamoDBClient, "Able").send(put("RUN1"));
    expect(aws.gatekeeper.records).toContainEqual(
      expect.objectContaining({ role: "Able", action: "dynamodb:PutItem", allowed: true, statement: "Able.P[0]" }),
    );
  });

  it("denies DynamoDB what no statement allows, by action and by leading key", async () => {
    const denied = { name: "AccessDeniedException" };
    await expect(clientOf(DynamoDBClient, "Unable").send(put("RUN1"))).rejects.toMatchObject(denied);
    const client = clientOf(DynamoDBClient, "Able");
    await expect(client.send(put("F#1"))).rejects.toMatchObject(denied);
    await expect(client.send(new GetItemCommand({ TableName: names["Table"], Key: { pk: { S: "RUN1" } } }))).rejects.toMatchObject(denied);
    const query = (pk: string) =>
      new QueryCommand({
        TableName: names["Table"],
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": "pk" },
        ExpressionAttributeValues: { ":pk": { S: pk } },
      });
    await expect(client.send(query("F#1"))).rejects.toMatchObject(denied);
    expect((await client.send(query("RUN1"))).Count).toBe(1);
  });

  it("asks for every item of a transaction what the item would need alone", async () => {
    const client = clientOf(DynamoDBClient, "Able");
    const TableName = names["Table"]!;
    const check = { ConditionCheck: { TableName, Key: { pk: { S: "RUN9" } }, ConditionExpression: "attribute_not_exists(pk)" } };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [check, { Put: { TableName, Item: { pk: { S: "RUN2" } } } }] }));
    const remove = { Delete: { TableName, Key: { pk: { S: "RUN2" } } } };
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [check, remove] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  it("publishes only for who may use the topic's key too", async () => {
    const publish = new PublishCommand({ TopicArn: names["Topic"], Message: "hello" });
    await expect(clientOf(SNSClient, "Unable").send(publish)).rejects.toMatchObject({ name: "AuthorizationErrorException" });
    await expect(clientOf(SNSClient, "Keyless").send(publish)).rejects.toMatchObject({ name: "KMSAccessDeniedException" });
    await clientOf(SNSClient, "Able").send(publish);
    expect(aws.inbox()).toEqual([expect.objectContaining({ topic: names["Topic"], message: "hello" })]);
  });

  it("reads and writes objects by path, with the checksums of the SDK", async () => {
    const s3 = clientOf(S3Client, "Able");
    const at = { Bucket: names["Bucket"], Key: "runs/a b+c.jsonl" };
    await s3.send(new PutObjectCommand({ ...at, Body: "{}\n" }));
    expect(await (await s3.send(new GetObjectCommand(at))).Body?.transformToString()).toBe("{}\n");
    expect((await s3.send(new HeadObjectCommand(at))).ContentLength).toBe(3);
    await expect(s3.send(new PutObjectCommand({ ...at, Key: "other", Body: "x" }))).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(s3.send(new PutObjectCommand({ ...at, Body: "x", IfNoneMatch: "*" }))).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
  });

  it("lists what may be listed, and hides that an object is missing where it may not", async () => {
    const s3 = clientOf(S3Client, "Able");
    const list = (Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket: names["Bucket"], Prefix }));
    expect((await list("runs/")).KeyCount).toBe(1);
    await expect(list("")).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(s3.send(new GetObjectCommand({ Bucket: names["Bucket"], Key: "runs/none" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  it("answers for Secrets Manager and ECR itself", async () => {
    const secret = new GetSecretValueCommand({ SecretId: "registry/token" });
    expect((await clientOf(SecretsManagerClient, "Able").send(secret)).SecretString).toBe("hunter2");
    await expect(clientOf(SecretsManagerClient, "Unable").send(secret)).rejects.toMatchObject({ name: "AccessDeniedException" });
    const { authorizationData } = await clientOf(ECRClient, "Able").send(new GetAuthorizationTokenCommand({}));
    expect(Buffer.from(authorizationData![0]!.authorizationToken!, "base64").toString()).toBe("AWS:local");
  });

  it("loses the request or the answer, as its observer says", async () => {
    const seen: string[] = [];
    observe = ({ caller, actions, phase }) => {
      seen.push(`${caller.role} ${actions.join()} ${phase}`);
      return phase === "answered" ? "cut" : undefined;
    };
    await expect(clientOf(DynamoDBClient, "Able").send(put("RUN-lost"))).rejects.toThrow();
    expect(seen).toEqual(["Able dynamodb:PutItem asked", "Able dynamodb:PutItem answered"]);
    const read = new GetItemCommand({ TableName: names["Table"], Key: { pk: { S: "RUN-lost" } } });
    expect((await aws.operator(DynamoDBClient).send(read)).Item).toEqual({ pk: { S: "RUN-lost" } });
  });
});
