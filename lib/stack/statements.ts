import type { aws_iam as iam } from "aws-cdk-lib";

export type StatementProps = iam.PolicyStatementProps;

/** The location of a stack in AWS. */
export interface AwsLocation {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** How a function writes to the history. Every function may read items and query partitions. */
type Write = "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheckItem";

export function useTable(tableArn: string, writes: readonly Write[]): StatementProps {
  const actions = ["GetItem", "Query", ...writes].map((action) => `dynamodb:${action}`);
  return { sid: "History", actions, resources: [tableArn] };
}

/** Allows publishing to encrypted topics. The key may be used through SNS only. */
export function publish(topicArns: readonly string[], keyArn: string, region: string): StatementProps[] {
  return [
    { sid: "Publish", actions: ["sns:Publish"], resources: [...topicArns] },
    {
      sid: "TopicKey",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [keyArn],
      conditions: { StringEquals: { "kms:ViaService": `sns.${region}.amazonaws.com` } },
    },
  ];
}

/** Allows signing with one key by one algorithm, and reading its public half. */
export function signBy(keyArn: string): StatementProps[] {
  return [
    {
      sid: "SignHead",
      actions: ["kms:Sign"],
      resources: [keyArn],
      conditions: { StringEquals: { "kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "RAW" } },
    },
    { sid: "SigningKey", actions: ["kms:GetPublicKey"], resources: [keyArn] },
  ];
}

const SECRET = "awssecret:///";

/**
 * Allows reading the secrets that a watch list names as `awssecret:///NAME` or by an ARN, with or without the six characters after the
 * name: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function readSecrets(references: readonly (string | null)[], { partition, region, account }: AwsLocation): StatementProps[] {
  const named = references.flatMap((reference) => (reference?.startsWith(SECRET) ? [reference.slice(SECRET.length)] : []));
  const resources = [...new Set(named)].flatMap((name) =>
    name.startsWith("arn:") ? [name, `${name}-??????`] : `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`,
  );
  return spread("Secrets", ["secretsmanager:GetSecretValue"], resources);
}

/** A policy has 6,144 characters and is split between statements: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const STATEMENT_CHARACTERS = 5500;

/** Allows actions on many resources, without duplicates, in statements that each fit into a policy. No resources, no statements. */
export function spread(sid: string, actions: string[], resources: readonly string[]): StatementProps[] {
  const chunks: string[][] = [];
  let characters = Infinity;
  for (const resource of new Set(resources)) {
    // With quotes and a comma.
    const more = resource.length + 3;
    if (characters + more > STATEMENT_CHARACTERS) {
      chunks.push([]);
      characters = 0;
    }
    chunks.at(-1)!.push(resource);
    characters += more;
  }
  return chunks.map((chunk, at) => ({ sid: at === 0 ? sid : `${sid}${at + 1}`, actions, resources: chunk }));
}
