import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { newNeed } from "./access-need.ts";
import type { LocalAws } from "./local-aws.ts";
import { matchEvent } from "./match-event.ts";
import { collectResourcePolicies } from "./resource-policies.ts";
import { resourcesOf, type ResolvedTemplate } from "./resolve-template.ts";
import type { Execution } from "./run-state-machine.ts";

/** An event that a rule matched, and that its target did not get. */
export interface Undelivered {
  /** Logical id of the rule. */
  readonly rule: string;
  /** ARN. */
  readonly target: string;
  /** What EventBridge may not do, or why the target gets nothing here. */
  readonly why: string;
}

const EVENTS = "events.amazonaws.com";

/**
 * Tells the template's rules how an execution ended, as Step Functions does, and gives what did not arrive. To publish to a topic,
 * EventBridge needs the topic's policy, and the policy of the topic's key.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html, https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export async function deliverEnd(template: ResolvedTemplate, aws: LocalAws, execution: Execution, time: string): Promise<Undelivered[]> {
  const event = describeEnd(template, execution, time);
  const undelivered: Undelivered[] = [];
  for (const { id, names, properties } of resourcesOf(template, "AWS::Events::Rule")) {
    const pattern = properties["EventPattern"];
    if (pattern === undefined || properties["State"] === "DISABLED" || !matchEvent(pattern as Record<string, unknown>, event)) continue;
    for (const { Arn: target, InputTransformer } of (properties["Targets"] ?? []) as readonly Target[]) {
      const why = refusalOf(template, aws, target, names.arn);
      if (why === null)
        await aws.operator(SNSClient).send(new PublishCommand({ TopicArn: target, Message: formatInput(event, InputTransformer) }));
      else undelivered.push({ rule: id, target, why });
    }
  }
  return undelivered;
}

interface Target {
  readonly Arn: string;
  readonly InputTransformer?: { readonly InputPathsMap: Readonly<Record<string, string>>; readonly InputTemplate: string };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html: here, a template of quoted lines */
function formatInput(event: unknown, transformer: Target["InputTransformer"]): string {
  if (transformer === undefined) return JSON.stringify(event);
  const read = (path: string): unknown =>
    path
      .split(".")
      .slice(1)
      .reduce((value: unknown, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], event);
  const lines = transformer.InputTemplate.split("\n").map((line) => JSON.parse(line) as string);
  return lines
    .map((line) => line.replaceAll(/<(\w+)>/g, (_, name: string) => String(read(transformer.InputPathsMap[name] ?? ""))))
    .join("\n");
}

function refusalOf(template: ResolvedTemplate, aws: LocalAws, target: string, rule: string): string | null {
  const topic = aws.resources.topics.find(({ arn }) => arn === target);
  if (!topic) return "only topics of the template are targets here";
  const policies = collectResourcePolicies(template);
  const source = { "aws:SourceArn": [rule], "aws:SourceAccount": [template.place.account] };
  if (!policies.allowsService(EVENTS, newNeed("sns:Publish", target, source))) return "the topic's policy does not allow sns:Publish";
  // A key does not get to know from which rule it is: a condition on it never holds.
  const missing = (["kms:GenerateDataKey", "kms:Decrypt"] as const).find(
    (action) => topic.key !== null && !policies.allowsService(EVENTS, newNeed(action, topic.key)),
  );
  return missing === undefined ? null : `the key's policy does not allow ${missing}`;
}

function describeEnd({ place }: ResolvedTemplate, execution: Execution, time: string): Record<string, unknown> {
  const { arn, name, status, input, output, error, cause } = execution;
  return {
    version: "0",
    source: "aws.states",
    "detail-type": "Step Functions Execution Status Change",
    account: place.account,
    region: place.region,
    time,
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: arn.replace(":execution:", ":stateMachine:").replace(/:[^:]+$/, ""),
      name,
      status,
      input: JSON.stringify(input),
      output: status === "SUCCEEDED" ? JSON.stringify(output) : null,
      error,
      cause,
    },
  };
}
