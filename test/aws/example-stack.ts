import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  App,
  aws_dynamodb as dynamodb,
  aws_events as events,
  aws_events_targets as eventsTargets,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_s3 as s3,
} from "aws-cdk-lib";
import {
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
  aws_sns as sns,
  type aws_stepfunctions as sfn,
  Duration,
  Stack,
} from "aws-cdk-lib";
import { build } from "esbuild";
import { EXAMPLE_HANDLERS } from "./example-handlers.ts";
import { defineExampleMachine } from "./example-machine.ts";

/** An app with the flags that a new project gets: without them, CDK leaves out what a reader would not miss, such as a result writer. */
export async function newRecommendedApp(outdir: string): Promise<App> {
  const path = createRequire(import.meta.url).resolve("aws-cdk-lib/recommended-feature-flags.json");
  const flags = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  return new App({ outdir, context: flags, analyticsReporting: false });
}

/** Synthesizes the example, which has one of everything that an auditor is made of, and gives the directory of its assembly. */
export async function synthesizeExample(directory: string): Promise<string> {
  const code = await bundleHandlers(directory);
  const app = await newRecommendedApp(join(directory, "cdk.out"));
  const stack = new Stack(app, "Example", { env: { account: "111122223333", region: "eu-central-1" } });

  const table = new dynamodb.TableV2(stack, "Table", {
    partitionKey: { name: "pk", type: dynamodb.AttributeType.STRING },
    sortKey: { name: "sk", type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: "expires",
  });
  // The compiler takes no optional property of a bucket for an absent one of its interface.
  const bucket = new s3.Bucket(stack, "Bucket", { enforceSSL: true, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL }) as s3.IBucket;
  const key = new kms.Key(stack, "Key");
  const topic = new sns.Topic(stack, "Topic", { masterKey: key, enforceSSL: true });

  const plan = newFunction(stack, "Plan", code.plan, { BUCKET: bucket.bucketName }, [
    { actions: ["s3:PutObject"], resources: [bucket.arnForObjects("runs/*")] },
  ]);
  const work = newFunction(stack, "Work", code.work, { TABLE: table.tableName }, [
    { sid: "Read", actions: ["dynamodb:Query"], resources: [table.tableArn] },
    {
      sid: "Write",
      actions: ["dynamodb:PutItem"],
      resources: [table.tableArn],
      conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["R#*"] } },
    },
  ]);

  const machine = defineExampleMachine(stack, { plan, work, bucket, topic });
  // The task that publishes grants itself the topic, but not the topic's key.
  machine.addToRolePolicy(
    new iam.PolicyStatement({
      sid: "Key",
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: [key.keyArn],
      conditions: { StringEquals: { "kms:ViaService": `sns.${stack.region}.amazonaws.com` } },
    }),
  );
  scheduleNightly(stack, machine);
  tellOfFailures(stack, machine, topic, key);
  return app.synth().directory;
}

/** Who is told of a failed night: EventBridge needs the topic's key as well, which the target does not see to. */
function tellOfFailures(stack: Stack, machine: sfn.StateMachine, topic: sns.Topic, key: kms.Key): events.Rule {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal("events.amazonaws.com")],
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: ["*"],
    }),
  );
  return new events.Rule(stack, "Failed", {
    eventPattern: {
      source: ["aws.states"],
      detailType: ["Step Functions Execution Status Change"],
      detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: [machine.stateMachineArn] },
    },
    targets: [new eventsTargets.SnsTopic(topic)],
  });
}

function scheduleNightly(stack: Stack, machine: sfn.StateMachine): scheduler.Schedule {
  return new scheduler.Schedule(stack, "Nightly", {
    schedule: scheduler.ScheduleExpression.cron({ minute: "0", hour: "2" }),
    target: new targets.StepFunctionsStartExecution(machine, {
      input: scheduler.ScheduleTargetInput.fromObject({ run: scheduler.ContextAttribute.scheduledTime }),
    }),
  });
}

/** A function whose role may only write its log, and what is said. */
function newFunction(
  stack: Stack,
  id: string,
  code: string,
  environment: Record<string, string>,
  statements: iam.PolicyStatementProps[],
): lambda.Function {
  const role = new iam.Role(stack, `${id}Role`, { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
  const logGroup = new logs.LogGroup(stack, `${id}Log`);
  for (const statement of statements) role.addToPolicy(new iam.PolicyStatement(statement));
  role.addToPolicy(
    new iam.PolicyStatement({ sid: "Log", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroup.logGroupArn] }),
  );
  return new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: "index.handler",
    code: lambda.Code.fromAsset(code),
    timeout: Duration.seconds(20),
    memorySize: 256,
    role: role.withoutPolicyUpdates(),
    logGroup,
    environment,
  });
}

async function bundleHandlers(directory: string): Promise<Record<keyof typeof EXAMPLE_HANDLERS, string>> {
  const write = async (name: keyof typeof EXAMPLE_HANDLERS): Promise<string> => {
    const folder = join(directory, name);
    await mkdir(folder, { recursive: true });
    await build({
      stdin: { contents: EXAMPLE_HANDLERS[name], resolveDir: import.meta.dirname },
      outfile: join(folder, "index.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      mainFields: ["module", "main"],
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      logLevel: "error",
    });
    return folder;
  };
  return { plan: await write("plan"), work: await write("work") };
}
