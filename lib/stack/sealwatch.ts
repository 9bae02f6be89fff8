import { join } from "node:path";
import { CfnOutput, Duration, Stack, Tags } from "aws-cdk-lib";
import type { aws_dynamodb as dynamodb, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, aws_s3 as s3, aws_sns as sns } from "aws-cdk-lib";
import { Construct } from "constructs";
import { ENVIRONMENT, EVIDENCE_PREFIX, HEADS_PREFIX, REPORTS_PREFIX, RUNS_PREFIX } from "../deployment/names.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import { acknowledgeCdkNag } from "./acknowledge-cdk-nag.ts";
import { createAlerts } from "./alerts.ts";
import { AuditFunction, type FunctionNetwork } from "./audit-function.ts";
import { Observability } from "./observability.ts";
import { AuditRun } from "./audit-run.ts";
import { accessRegistries, listRegistries } from "./registry-access.ts";
import { longestGapHours } from "./schedule.ts";
import { publish, readSecrets, signBy, useTable } from "./statements.ts";
import { checkOptions } from "./check-options.ts";
import { createBucket, createHistoryTable, createLockedBucket, createSigningKey } from "./storage.ts";
import { createWatchListAsset } from "./watch-list-asset.ts";

export interface SealwatchProps {
  /** The path of sealwatch.yaml. Synthesis checks it, and it is deployed with the keys and roots that it names. */
  readonly watchlist: string;
  /**
   * An expression of EventBridge Scheduler for the start of runs. Default: two o'clock each night, or four with a time zone, because AWS
   * skips a time that does not exist on a day of clock change.
   */
  readonly schedule?: string;
  /** The time zone of the schedule, such as `Europe/Berlin`. Default: UTC. */
  readonly timezone?: string;
  /** A mail address that is subscribed to everything. It must confirm. */
  readonly email?: string;
  /** The network of the registries. Default: none; the functions use the internet. */
  readonly vpc?: ec2.IVpc;
  readonly subnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
  /** How long an alert waits for a late signature. Default: 10 minutes. */
  readonly secondLook?: Duration;
  /** The percentage of expected releases that a run must have judged to raise no alarm. Default: 95. */
  readonly coveragePercent?: number;
  /**
   * Keeps the signed heads of the history in a bucket of their own, in which nobody can delete or replace one for so long (whole days).
   * Default: they are in the bucket of the reports, which has versions.
   */
  readonly lockHeads?: Duration;
  /** The folder of the built functions. Default: beside this module, where `npm ci` builds them. */
  readonly bundles?: string;
}

const TAG = { key: "application", value: "sealwatch" };
const NIGHTLY = "cron(0 2 * * ? *)";
const NIGHTLY_BY_LOCAL_TIME = "cron(0 4 * * ? *)";
const SECOND_LOOK = Duration.minutes(10);
const COVERAGE_PERCENT = 95;

/**
 * A nightly audit: schedule → state machine → functions → history table → topic.
 *
 *     new Sealwatch(this, "Audit", { watchlist: "sealwatch.yaml", email: "oncall@acme.example" });
 */
export class Sealwatch extends Construct {
  /** The topic of all notifications. Other subscribers need {@link alertKey} to read them. */
  readonly topic: sns.Topic;
  readonly alertKey: kms.Key;
  readonly history: dynamodb.TableV2;
  /** Stores summaries of runs and reports. */
  readonly bucket: s3.Bucket;
  /** The role that reads the registries. Grant it access to secrets under your own key or in another account. */
  readonly auditRole: iam.Role;
  /** The role that notifies people. Grant it access to topics and secrets under your own key. */
  readonly concludeRole: iam.Role;
  /** The state machine. Each execution is a run. */
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, props: SealwatchProps) {
    super(scope, id);
    checkOptions(props);
    const stack = Stack.of(this);
    const { watchList, asset } = createWatchListAsset(this, props.watchlist);
    const table = createHistoryTable(this, TAG);
    const { topic, key } = createAlerts(this, props.email);
    const bucket = createBucket(this);
    const heads = props.lockHeads === undefined ? bucket : createLockedBucket(this, props.lockHeads);
    const signingKey = createSigningKey(this);
    const environment = { [ENVIRONMENT.table]: table.tableName };
    const runs = bucket.arnForObjects(`${RUNS_PREFIX}*`);
    const shared = { bundles: props.bundles ?? join(import.meta.dirname, "..", "..", "dist", "lambdas"), network: networkOf(props) };

    const plan = new AuditFunction(this, {
      ...shared,
      name: "plan",
      memoryMegabytes: 512,
      timeout: Duration.minutes(5),
      environment: {
        ...environment,
        [ENVIRONMENT.bucket]: bucket.bucketName,
        [ENVIRONMENT.watchListBucket]: asset.s3BucketName,
        [ENVIRONMENT.watchListKey]: asset.s3ObjectKey,
      },
      statements: [
        useTable(table.tableArn, ["PutItem", "UpdateItem", "ConditionCheckItem"]),
        { sid: "Manifests", actions: ["s3:PutObject"], resources: [runs] },
        { sid: "WatchList", actions: ["s3:GetObject"], resources: [asset.bucket.arnForObjects(asset.s3ObjectKey)] },
        ...listRegistries(watchList, stack),
      ],
    });
    const audit = new AuditFunction(this, {
      ...shared,
      name: "audit",
      memoryMegabytes: 1024,
      timeout: Duration.minutes(15),
      environment,
      statements: [useTable(table.tableArn, ["PutItem", "UpdateItem", "ConditionCheckItem"]), ...accessRegistries(watchList, stack)],
    });
    const conclude = new AuditFunction(this, {
      ...shared,
      name: "conclude",
      memoryMegabytes: 1024,
      timeout: Duration.minutes(15),
      environment: {
        ...environment,
        [ENVIRONMENT.bucket]: bucket.bucketName,
        [ENVIRONMENT.headsBucket]: heads.bucketName,
        [ENVIRONMENT.topic]: topic.topicArn,
        [ENVIRONMENT.signingKey]: signingKey.keyArn,
        [ENVIRONMENT.secondLook]: String((props.secondLook ?? SECOND_LOOK).toSeconds()),
      },
      statements: [
        useTable(table.tableArn, ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"]),
        { sid: "Summary", actions: ["s3:PutObject"], resources: [runs] },
        { sid: "Heads", actions: ["s3:PutObject", "s3:GetObject"], resources: [heads.arnForObjects(`${HEADS_PREFIX}*`)] },
        { sid: "Evidence", actions: ["s3:PutObject"], resources: [bucket.arnForObjects(`${EVIDENCE_PREFIX}*`)] },
        ...(watchList.reports.length === 0
          ? []
          : [{ sid: "Reports", actions: ["s3:PutObject"], resources: [bucket.arnForObjects(`${REPORTS_PREFIX}*`)] }]),
        { sid: "Subscriptions", actions: ["sns:GetTopicAttributes"], resources: [topic.topicArn] },
        ...signBy(signingKey.keyArn),
        ...publish([topic.topicArn, ...topicsOf(watchList)], key.keyArn, stack.region),
        ...readSecrets(
          [
            watchList.heartbeat,
            ...watchList.channels.flatMap((channel) => (channel.kind === "webhook" ? [channel.url, channel.secret] : [])),
          ],
          stack,
        ),
      ],
    });
    const { timezone, schedule = timezone === undefined ? NIGHTLY : NIGHTLY_BY_LOCAL_TIME } = props;
    const { machine } = new AuditRun(this, { plan, audit, conclude, bucket, topic, schedule, timezone });
    const { dashboard } = new Observability(this, {
      topic,
      table,
      machine,
      functions: [plan, audit, conclude],
      coveragePercent: props.coveragePercent ?? COVERAGE_PERCENT,
      gapHours: longestGapHours(schedule)!,
    });
    this.topic = topic;
    this.alertKey = key;
    this.history = table;
    this.bucket = bucket;
    this.auditRole = audit.role;
    this.concludeRole = conclude.role;
    this.stateMachineArn = machine.ref;
    Tags.of(this).add(TAG.key, TAG.value);
    acknowledgeCdkNag(this, { bucket, heads, machine, watchList });

    const start = `aws stepfunctions start-execution --state-machine-arn ${machine.ref} --input "{\\"scheduledTime\\":\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\"}"`;
    this.output("RunNow", start, "Starts a run at once");
    this.output("Topic", topic.topicArn, "Subscribe to it to be told");
    this.output(
      "History",
      `dynamodb://${table.tableName}?region=${stack.region}&heads=${heads.bucketName}`,
      "For --history of the command line",
    );
    this.output("Reports", `s3://${bucket.bucketName}/${REPORTS_PREFIX}`, "Scheduled reports; summaries of runs lie under runs/");
    this.output("SigningKey", signingKey.keyArn, "Signs the history after each run: aws kms get-public-key");
    this.output(
      "Dashboard",
      `https://${stack.region}.console.aws.amazon.com/cloudwatch/home#dashboards:name=${dashboard.dashboardName}`,
      "What the runs saw",
    );
  }

  private output(name: string, value: string, description: string): void {
    const output = new CfnOutput(this, `${name}Output`, { value, description });
    // The outputs of the first Sealwatch in a stack have plain names; others are named after their construct.
    const first = Stack.of(this)
      .node.findAll()
      .find((other) => other instanceof Sealwatch);
    if (first === this) output.overrideLogicalId(name);
  }
}

function networkOf({ vpc, subnets, securityGroups }: SealwatchProps): FunctionNetwork | null {
  return vpc === undefined ? null : { vpc, ...(subnets && { subnets }), ...(securityGroups && { securityGroups }) };
}

function topicsOf({ channels }: WatchList): string[] {
  return channels.flatMap((channel) => (channel.kind === "sns" ? [channel.topic] : []));
}
