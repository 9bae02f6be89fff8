import { ArnFormat, aws_events as events, aws_iam as iam, aws_scheduler as scheduler, aws_stepfunctions as sfn, Stack } from "aws-cdk-lib";
import type { aws_s3 as s3, aws_sns as sns } from "aws-cdk-lib";
import { Construct } from "constructs";
import { RUNS_PREFIX } from "../deployment/names.ts";
import type { AuditFunction } from "./audit-function.ts";
import { defineRun } from "./run-definition.ts";
import { RUNBOOK } from "./runbook.ts";

interface RunProps {
  readonly plan: AuditFunction;
  readonly audit: AuditFunction;
  readonly conclude: AuditFunction;
  readonly bucket: s3.Bucket;
  readonly topic: sns.Topic;
  readonly schedule: string;
  readonly timezone: string | undefined;
}

/** The text about a failed run. Each line is a JSON string of its own, as EventBridge requires. */
const FAILURE_TEXT = {
  inputPathsMap: { name: "$.detail.name", status: "$.detail.status", arn: "$.detail.executionArn" },
  inputTemplate: [
    "[FAILED] Sealwatch: the run <name> ended as <status>",
    "What happened: this night's audit did not come to its end; what it saw is recorded, and may not have been told yet.",
    `To do: ${RUNBOOK}#run-failed`,
    "Execution: <arn>",
  ]
    .map((line) => JSON.stringify(line))
    .join("\n"),
};

/** The state machine of a run, its schedule, and the notification of failed runs. */
export class AuditRun extends Construct {
  readonly machine: sfn.CfnStateMachine;

  constructor(scope: Construct, { plan, audit, conclude, bucket, topic, schedule, timezone }: RunProps) {
    super(scope, "Run");
    const stack = Stack.of(this);
    const role = new iam.Role(this, "Role", { assumedBy: ofAccount("states.amazonaws.com", stack) });
    const functions = [plan, audit, conclude].map(({ lambda }) => lambda.functionArn);
    const [planArn, auditArn, concludeArn] = functions as [string, string, string];
    this.machine = new sfn.CfnStateMachine(this, "Machine", {
      stateMachineType: "STANDARD",
      roleArn: role.roleArn,
      definitionString: stack.toJsonString(defineRun({ planArn, auditArn, concludeArn, partition: stack.partition })),
    });
    const machineArn = this.machine.ref;
    // https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    const executions = [":*", "/*"].map((children) =>
      stack.formatArn({
        service: "states",
        resource: "execution",
        resourceName: `${this.machine.attrName}${children}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    // A separate policy, because it contains the machine's name and the machine needs the role.
    const policy = new iam.Policy(this, "Policy", {
      statements: [
        new iam.PolicyStatement({ sid: "Invoke", actions: ["lambda:InvokeFunction"], resources: functions }),
        new iam.PolicyStatement({ sid: "Manifests", actions: ["s3:GetObject"], resources: [bucket.arnForObjects(`${RUNS_PREFIX}*`)] }),
        new iam.PolicyStatement({ sid: "Maps", actions: ["states:StartExecution"], resources: [machineArn] }),
        new iam.PolicyStatement({
          sid: "MapRuns",
          actions: ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
          resources: executions,
        }),
      ],
    });
    policy.attachToRole(role);
    this.startOnSchedule(schedule, timezone);
    this.tellFailures(topic);
  }

  /** Starts a run for each scheduled time. A duplicate event finds that run open or closed. */
  private startOnSchedule(schedule: string, timezone: string | undefined): void {
    const role = new iam.Role(this, "ScheduleRole", { assumedBy: ofAccount("scheduler.amazonaws.com", Stack.of(this)) });
    role.addToPolicy(new iam.PolicyStatement({ sid: "Start", actions: ["states:StartExecution"], resources: [this.machine.ref] }));
    const nightly = new scheduler.CfnSchedule(this, "Schedule", {
      flexibleTimeWindow: { mode: "OFF" },
      scheduleExpression: schedule,
      ...(timezone !== undefined && { scheduleExpressionTimezone: timezone }),
      target: {
        arn: this.machine.ref,
        roleArn: role.roleArn,
        input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    });
    nightly.node.addDependency(this.node.findChild("Policy"));
  }

  private tellFailures(topic: sns.Topic): void {
    const rule = new events.CfnRule(this, "Failed", {
      description: "A run of Sealwatch failed, timed out or was aborted",
      eventPattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: [this.machine.ref] },
      },
      targets: [{ arn: topic.topicArn, id: "alerts", inputTransformer: FAILURE_TEXT }],
    });
    rule.node.addDependency(topic);
  }
}

/** Returns a service that may act for this account only: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
function ofAccount(service: string, { account }: Stack): iam.ServicePrincipal {
  return new iam.ServicePrincipal(service, { conditions: { StringEquals: { "aws:SourceAccount": account } } });
}
