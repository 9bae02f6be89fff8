import type { aws_iam as iam } from "aws-cdk-lib";

const ECR = /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\./;

/** What of the history a function reads and writes: single items and the partitions that it names. */
export function useTable(tableArn: string): iam.PolicyStatementProps[] {
  return [
    {
      sid: "History",
      actions: [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
      ],
      resources: [tableArn],
    },
  ];
}

/** Publishing to encrypted topics. The key may be used through SNS only. */
export function publish(topicArns: readonly string[], keyArn: string, region: string): iam.PolicyStatementProps[] {
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

/** Signing by one key in one way, and reading its public half. */
export function signBy(keyArn: string): iam.PolicyStatementProps[] {
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

/** Pulling from the ECR repositories of a watch list, and of those only. A token names no repository. */
export function pullFromEcr(repositories: readonly string[], partition: string): iam.PolicyStatementProps[] {
  const arns = repositories.flatMap((name) => {
    const [host = "", ...path] = name.split("/");
    const found = ECR.exec(host)?.groups;
    return found ? [`arn:${partition}:ecr:${found["region"]}:${found["account"]}:repository/${path.join("/")}`] : [];
  });
  if (arns.length === 0) return [];
  return [
    { sid: "EcrToken", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    { sid: "EcrPull", actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:ListImages"], resources: arns },
  ];
}

/** The secrets that a watch list names as `awssecret:///NAME`; a name in an ARN is followed by six characters. */
export function readSecrets(
  references: readonly (string | null)[],
  place: { partition: string; region: string; account: string },
): iam.PolicyStatementProps[] {
  const names = [
    ...new Set(
      references.flatMap((reference) => (reference?.startsWith("awssecret:///") ? [reference.slice("awssecret:///".length)] : [])),
    ),
  ];
  if (names.length === 0) return [];
  const { partition, region, account } = place;
  const resources = names.map((name) =>
    name.startsWith("arn:") ? name : `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`,
  );
  return [{ sid: "Secrets", actions: ["secretsmanager:GetSecretValue"], resources }];
}
