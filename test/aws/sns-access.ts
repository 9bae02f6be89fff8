import { newKeyNeed, newNeed, type AccessNeed } from "./access-need.ts";
import type { KnownResources } from "./known-resources.ts";

/**
 * Who publishes to a topic with a customer's key must be allowed to use the key as well.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse
 */
export function needsOfSns(form: URLSearchParams, { topics }: KnownResources): AccessNeed[] {
  const operation = form.get("Action") ?? "";
  const arn = form.get("TopicArn") ?? form.get("ResourceArn") ?? "*";
  const action = operation === "PublishBatch" ? "Publish" : operation;
  const key = topics.find((topic) => topic.arn === arn)?.key ?? null;
  if (action !== "Publish" || key === null) return [newNeed(`sns:${action}`, arn)];
  const context = { "aws:sns:topicArn": arn };
  return [
    newNeed("sns:Publish", arn),
    newKeyNeed("kms:GenerateDataKey", key, "sns", context),
    newKeyNeed("kms:Decrypt", key, "sns", context),
  ];
}
