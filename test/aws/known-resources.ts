import { resourcesOf, type Properties, type ResolvedResource, type ResolvedTemplate } from "./resolve-template.ts";

export interface KnownTable {
  readonly arn: string;
  readonly name: string;
  /** Of the table under `""`, of each index under its name: the attribute whose value is the leading key. */
  readonly partitionKeys: Readonly<Record<string, string>>;
  readonly key: string | null;
}

/** A topic, bucket or secret. `key` is the ARN of the customer's key that encrypts it, null where the service's own does. */
export interface KnownResource {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly key: string | null;
}

/** What the template says of the resources that requests name. */
export interface KnownResources {
  readonly region: string;
  readonly account: string;
  readonly tables: readonly KnownTable[];
  readonly topics: readonly KnownResource[];
  readonly buckets: readonly (KnownResource & { readonly bucketKey: boolean })[];
  readonly secrets: readonly KnownResource[];
  /** ARNs of the keys that sign. */
  readonly signingKeys: readonly string[];
}

export function readKnownResources(template: ResolvedTemplate): KnownResources {
  const { region, account } = template.place;
  const known = (resource: ResolvedResource, key: unknown): KnownResource => ({
    id: resource.id,
    arn: resource.names.arn,
    name: resource.names.name,
    key: findKey(template, key),
  });
  return {
    region,
    account,
    tables: resourcesOf(template, "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable").map(({ names, properties }) => ({
      arn: names.arn,
      name: names.name,
      partitionKeys: readPartitionKeys(properties),
      key: findKey(template, readTableKey(properties, region)),
    })),
    topics: resourcesOf(template, "AWS::SNS::Topic").map((topic) => known(topic, topic.properties["KmsMasterKeyId"])),
    buckets: resourcesOf(template, "AWS::S3::Bucket").map((bucket) => {
      const [rule] = (bucket.properties["BucketEncryption"] as { ServerSideEncryptionConfiguration?: Properties[] } | undefined)
        ?.ServerSideEncryptionConfiguration ?? [{}];
      const encryption = rule?.["ServerSideEncryptionByDefault"] as Properties | undefined;
      return { ...known(bucket, encryption?.["KMSMasterKeyID"]), bucketKey: rule?.["BucketKeyEnabled"] === true };
    }),
    secrets: resourcesOf(template, "AWS::SecretsManager::Secret").map((secret) => known(secret, secret.properties["KmsKeyId"])),
    signingKeys: resourcesOf(template, "AWS::KMS::Key")
      .filter(({ properties }) => properties["KeyUsage"] === "SIGN_VERIFY" && properties["KeySpec"] === "ECC_NIST_P256")
      .map(({ names }) => names.arn),
  };
}

function readPartitionKeys(properties: Properties): Record<string, string> {
  const read = (owner: Properties): string =>
    (owner["KeySchema"] as { AttributeName: string; KeyType: string }[]).find(({ KeyType }) => KeyType === "HASH")!.AttributeName;
  const indexes = [properties["GlobalSecondaryIndexes"], properties["LocalSecondaryIndexes"]].flatMap(
    (list) => (list ?? []) as Properties[],
  );
  return { "": read(properties), ...Object.fromEntries(indexes.map((index) => [index["IndexName"], read(index)])) };
}

function readTableKey(properties: Properties, region: string): unknown {
  const replicas = (properties["Replicas"] ?? []) as { Region: string; SSESpecification?: Properties }[];
  const own =
    replicas.find(({ Region }) => Region === region)?.SSESpecification ?? (properties["SSESpecification"] as Properties | undefined);
  return own?.["KMSMasterKeyId"];
}

/** The ARN of a key that is named by id, ARN or alias; null for none and for the keys that AWS manages. */
function findKey(template: ResolvedTemplate, named: unknown): string | null {
  if (typeof named !== "string" || named.includes("alias/aws/")) return null;
  const alias = resourcesOf(template, "AWS::KMS::Alias").find(({ names }) => named === names.name || named === names.arn);
  const target = alias ? alias.properties["TargetKeyId"] : named;
  const key = resourcesOf(template, "AWS::KMS::Key").find(({ names }) => target === names.name || target === names.arn);
  if (key) return key.names.arn;
  if (named.startsWith("arn:")) return named;
  throw new Error(`read resources: the key ${named} is not in the template`);
}
