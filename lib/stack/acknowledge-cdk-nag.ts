import { Stack, Token, Validations, type aws_s3 as s3, type aws_stepfunctions as sfn } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { WatchList } from "../watchlist/watch-list.ts";
import { accessRegistries, listRegistries } from "./registry-access.ts";
import { EVIDENCE_PREFIX, HEADS_PREFIX, REPORTS_PREFIX, RUNS_PREFIX } from "../deployment/names.ts";

/** The findings of cdk-nag on this stack, each with the reason to keep it. */
const REASONS: Readonly<Record<string, string>> = {
  "AwsSolutions-S1":
    "Access to the bucket is in CloudTrail's data events where an account wants it; a log bucket here would need one of its own.",
  "AwsSolutions-SF1": "An execution keeps its own history for 90 days; logged events would repeat it, a line a repository and night.",
  "AwsSolutions-SF2": "A nightly batch has no caller whose latency a trace could explain; each call logs its run and repository.",
  "Serverless-StepFunctionStateMachineXray": "As for AwsSolutions-SF2.",
  "Serverless-LambdaTracing": "As for AwsSolutions-SF2.",
  "Serverless-LambdaDLQ": "Functions are called by the state machine only, which waits for the answer, retries, and tells what failed.",
  "Serverless-EventBusDLQ": "What the rule tells is told by the alarm run-failed as well, from a metric of its own.",
  "Serverless-SNSRedrivePolicy":
    "Mail has no dead letters: what SNS cannot hand over it repeats, and the alarm message-unsent tells what waits.",
  "AwsSolutions-IAM5[Resource::*]":
    "ECR's token and a function's network interfaces are actions that name no resource; nothing else has this resource.",
};

/** Acknowledges these findings for one deployment. Wildcards are acknowledged one by one, so that a new one is a finding again. */
export function acknowledgeCdkNag(
  scope: Construct,
  { bucket, heads, machine, watchList }: { bucket: s3.Bucket; heads: s3.Bucket; machine: sfn.CfnStateMachine; watchList: WatchList },
): void {
  const stack = Stack.of(scope);
  const idOf = (construct: Construct): string => stack.getLogicalId(construct.node.defaultChild as sfn.CfnStateMachine);
  const shown = {
    partition: show(stack.partition, "Partition"),
    region: show(stack.region, "Region"),
    account: show(stack.account, "AccountId"),
  };
  const location = `${shown.region}:${shown.account}`;
  const executions = `arn:${shown.partition}:states:${location}:execution:<${stack.getLogicalId(machine)}.Name>`;
  const wildcards = {
    [`<${idOf(bucket)}.Arn>/${RUNS_PREFIX}*`]: "The files of a run have its time in their names.",
    [`<${idOf(bucket)}.Arn>/${EVIDENCE_PREFIX}*`]: "Evidence has its digest as its name.",
    [`<${idOf(heads)}.Arn>/${HEADS_PREFIX}*`]: "Heads have their position in their names.",
    [`<${idOf(bucket)}.Arn>/${REPORTS_PREFIX}*`]: "The files of a report have its month in their names.",
    [`${executions}:*`]: "Executions of this machine's own maps, which are named when they start.",
    ...Object.fromEntries(
      [...accessRegistries(watchList, shown), ...listRegistries(watchList, shown)]
        .flatMap(({ resources = [] }) => resources)
        .filter((resource) => resource.includes(":repository/") && /[*?]/.test(resource))
        .map((resource) => [resource, "The watch list has a pattern over these repositories, which come and go."]),
    ),
    [`${executions}/*`]: "As for those before: the executions of a map that has a label.",
  };
  const reasons = {
    ...REASONS,
    ...Object.fromEntries(Object.entries(wildcards).map(([resource, reason]) => [`AwsSolutions-IAM5[Resource::${resource}]`, reason])),
  };
  for (const [id, reason] of Object.entries(reasons)) Validations.of(scope).acknowledge({ id, reason });
}

/** Formats a value that only the account knows as the checks write it. */
function show(value: string, name: string): string {
  return Token.isUnresolved(value) ? `<AWS::${name}>` : value;
}
