import { aws_iam as iam, aws_kms as kms, aws_sns as sns, aws_sns_subscriptions as subscriptions, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Creates the topic that notifies people over TLS only, and its key. Alarms and EventBridge publish to it too, and need both. A condition
 * on the account restricts CloudWatch, but would never match for EventBridge:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export function createAlerts(scope: Construct, email: string | undefined): { readonly topic: sns.Topic; readonly key: kms.Key } {
  const key = new kms.Key(scope, "AlertKey", { enableKeyRotation: true, description: "Messages of Sealwatch" });
  const topic = new sns.Topic(scope, "Alerts", { masterKey: key, enforceSSL: true, displayName: "Sealwatch" });
  const ofAccount = { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } };
  for (const [service, conditions] of [
    ["events.amazonaws.com", {}],
    ["cloudwatch.amazonaws.com", ofAccount],
  ] as const) {
    const principals = [new iam.ServicePrincipal(service, { conditions })];
    key.addToResourcePolicy(new iam.PolicyStatement({ principals, actions: ["kms:Decrypt", "kms:GenerateDataKey*"], resources: ["*"] }));
    topic.addToResourcePolicy(new iam.PolicyStatement({ principals, actions: ["sns:Publish"], resources: [topic.topicArn] }));
  }
  if (email !== undefined) topic.addSubscription(new subscriptions.EmailSubscription(email));
  return { topic, key };
}
