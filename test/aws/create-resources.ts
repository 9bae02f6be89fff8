import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand, type CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { LocalAws } from "./local-aws.ts";
import { resourcesOf, type Properties, type ResolvedTemplate } from "./resolve-template.ts";

/**
 * Creates what the template keeps data in: tables with their indexes and TTL, topics, buckets, secrets. `secrets` holds values by name,
 * which go before those of the template.
 */
export async function createResources(aws: LocalAws, template: ResolvedTemplate, secrets: Readonly<Record<string, string>>): Promise<void> {
  const dynamodb = aws.operator(DynamoDBClient);
  for (const { names, properties } of resourcesOf(template, "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"))
    await createTable(dynamodb, names.name, properties);
  for (const { names, properties } of resourcesOf(template, "AWS::SNS::Topic")) {
    const attributes = Object.entries(properties).filter(([name, value]) => PASSED_ON.has(name) && value !== undefined);
    aws.createTopic(names.name, Object.fromEntries(attributes.map(([name, value]) => [name, String(value)])));
  }
  for (const { names } of resourcesOf(template, "AWS::S3::Bucket")) aws.createBucket(names.name);
  for (const { names, properties } of resourcesOf(template, "AWS::SecretsManager::Secret"))
    aws.secrets.set(names.name, readSecret(properties));
  for (const [name, value] of Object.entries(secrets)) aws.secrets.set(name, value);
}

const PASSED_ON = new Set(["FifoTopic", "ContentBasedDeduplication", "KmsMasterKeyId"]);

async function createTable(dynamodb: DynamoDBClient, name: string, properties: Properties): Promise<void> {
  const indexes = (list: unknown): unknown =>
    (list as Properties[] | undefined)?.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  const input = {
    TableName: name,
    KeySchema: properties["KeySchema"],
    AttributeDefinitions: properties["AttributeDefinitions"],
    GlobalSecondaryIndexes: indexes(properties["GlobalSecondaryIndexes"]),
    LocalSecondaryIndexes: indexes(properties["LocalSecondaryIndexes"]),
    BillingMode: "PAY_PER_REQUEST",
  };
  await dynamodb.send(new CreateTableCommand(input as CreateTableCommandInput));
  const timeToLive = properties["TimeToLiveSpecification"] as { AttributeName: string; Enabled: boolean } | undefined;
  if (timeToLive) await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: timeToLive }));
}

function readSecret(properties: Properties): string {
  if (typeof properties["SecretString"] === "string") return properties["SecretString"];
  const { SecretStringTemplate, GenerateStringKey } = (properties["GenerateSecretString"] ?? {}) as Record<string, string>;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return "generated-on-this-machine";
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: "generated-on-this-machine" });
}
