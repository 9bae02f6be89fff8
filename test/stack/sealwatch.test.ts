import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aws_ec2 as ec2, aws_kms as kms, Duration, Stack } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { Sealwatch } from "../../lib/stack/sealwatch.ts";
import { newRecommendedApp } from "../aws/example-stack.ts";
import { FIXED } from "../benchmark/aws-prices.ts";
import { createStack, directory, LIST, statementsOf, synthesize } from "./synthesize.ts";

const RUNBOOK = readFileSync(join(import.meta.dirname, "..", "..", "lib", "stack", "RUNBOOK.md"), "utf8");

describe.skipIf(!existsSync(join(import.meta.dirname, "..", "..", "dist", "lambdas", "plan", "index.mjs")))("the stack", () => {
  it("has nothing that the checks find and nobody has given a reason for", async () => {
    const stack = await createStack();
    expect(() => stack.node.root.node.tryFindChild("none") ?? Template.fromStack(stack)).not.toThrow();
    expect(Annotations.fromStack(stack).findError("*", Match.anyValue())).toEqual([]);
  });

  it("keeps its history and its files when it is deleted, and can restore the history to any second", async () => {
    const template = await synthesize();
    expect(() =>
      template.hasResource("AWS::DynamoDB::GlobalTable", { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" }),
    ).not.toThrow();
    expect(() =>
      template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
        TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
        Replicas: [
          Match.objectLike({ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
        ],
      }),
    ).not.toThrow();
    expect(() => template.hasResource("AWS::S3::Bucket", { DeletionPolicy: "Retain" })).not.toThrow();
    expect(() => template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 })).not.toThrow();
  });

  it("runs its functions on Node 24 and arm64, with a log of their own", async () => {
    const template = await synthesize();
    expect(() => template.resourceCountIs("AWS::Lambda::Function", 3)).not.toThrow();
    expect(() =>
      template.allResourcesProperties("AWS::Lambda::Function", {
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        LoggingConfig: Match.anyValue(),
      }),
    ).not.toThrow();
  });

  it("allows single actions, and every resource by name but for ECR's token", async () => {
    const statements = statementsOf(await synthesize());
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
    expect(statements.filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action)).toEqual([
      "ecr:DescribePullThroughCacheRules",
      "ecr:GetAuthorizationToken",
    ]);
    const pull = statements.find(({ Action }) => Action.includes("ecr:BatchGetImage"));
    expect(pull?.Resource).toBe("arn:aws:ecr:eu-central-1:111122223333:repository/acme/api");
  });

  it("lets only the conclusion sign, in one way, with a key that outlives the stack", async () => {
    const template = await synthesize();
    expect(() =>
      template.hasResource("AWS::KMS::Key", {
        Properties: Match.objectLike({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }),
        DeletionPolicy: "Retain",
      }),
    ).not.toThrow();
    const signing = Object.values(template.findResources("AWS::IAM::Policy")).filter(({ Properties }) =>
      JSON.stringify(Properties).includes("kms:Sign"),
    );
    expect(signing).toMatchObject([{ Properties: { Roles: [{ Ref: expect.stringMatching(/conclude/i) }] } }]);
    expect(statementsOf(template).find(({ Action }) => Action === "kms:Sign")).toMatchObject({
      Resource: { "Fn::GetAtt": [expect.stringMatching(/SigningKey/), "Arn"] },
      Condition: { StringEquals: { "kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "RAW" } },
    });
  });

  it("starts each night under its scheduled time, when and where it is told", async () => {
    const template = await synthesize({ schedule: "cron(30 4 * * ? *)", timezone: "Europe/Berlin" });
    expect(() =>
      template.hasResourceProperties("AWS::Scheduler::Schedule", {
        ScheduleExpression: "cron(30 4 * * ? *)",
        ScheduleExpressionTimezone: "Europe/Berlin",
        Target: Match.objectLike({ Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}' }),
      }),
    ).not.toThrow();
  });

  it("tells failed, timed out and aborted runs, and an address that is named", async () => {
    const template = await synthesize({ email: "oncall@acme.example" });
    expect(() =>
      template.hasResourceProperties("AWS::Events::Rule", {
        EventPattern: Match.objectLike({ detail: Match.objectLike({ status: ["FAILED", "TIMED_OUT", "ABORTED"] }) }),
      }),
    ).not.toThrow();
    expect(() =>
      template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "oncall@acme.example" }),
    ).not.toThrow();
  });

  it("has alarms that each link to an entry of the runbook", async () => {
    const alarms = Object.values((await synthesize()).findResources("AWS::CloudWatch::Alarm"));
    const headings = alarms.map(({ Properties }) => (Properties as { AlarmDescription: string }).AlarmDescription.split("#")[1]!);
    expect(new Set(headings)).toEqual(new Set([...RUNBOOK.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)));
    const silent = alarms.find(({ Properties }) =>
      (Properties as { AlarmDescription: string }).AlarmDescription.endsWith("no-completed-run"),
    );
    expect(silent?.["Properties"]).toMatchObject({ TreatMissingData: "breaching", EvaluationPeriods: 26, Period: 3600 });
  });

  it.each([
    [undefined, 26],
    ["rate(12 hours)", 14],
    ["cron(0 2 ? * MON-FRI *)", 74],
  ])("misses a run of the schedule %s after %i hours", async (schedule, hours) => {
    const alarms = (await synthesize(schedule === undefined ? {} : { schedule })).findResources("AWS::CloudWatch::Alarm", {
      Properties: { TreatMissingData: "breaching" },
    });
    expect(Object.values(alarms).map(({ Properties }) => Properties)).toMatchObject([{ EvaluationPeriods: hours, Period: 3600 }]);
  });

  it("has as many metrics behind its alarms as are priced", async () => {
    const alarms = Object.values((await synthesize()).findResources("AWS::CloudWatch::Alarm"));
    const counts = alarms.map(({ Properties }) => {
      const { Metrics = [{ MetricStat: {} }] } = Properties as { Metrics?: { MetricStat?: object }[] };
      return Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(FIXED.find(([what]) => what === "metrics of alarms")![2]);
  });

  it("marks everything that can be marked as its own", async () => {
    const { Resources } = (await synthesize()).toJSON() as { Resources: Record<string, { Type: string; Properties?: object }> };
    const unmarked = Object.values(Resources).filter(({ Properties }) => !JSON.stringify(Properties ?? {}).includes('"application"'));
    // A policy belongs to what it is for; of schedules only groups have tags.
    const others = unmarked.filter(({ Type }) => !/Policy$|^AWS::Scheduler::Schedule$|^AWS::CDK::Metadata$/.test(Type));
    expect(others.map(({ Type }) => Type)).toEqual([]);
  });

  it("gives an app what it subscribes to, reads, and lets into its own keys", async () => {
    const stack = await createStack();
    const audit = stack.node.findChild("Audit") as Sealwatch;
    const key = new kms.Key(stack, "OfATeam", { enableKeyRotation: true });
    key.grantDecrypt(audit.auditRole);
    const { topic, alertKey, history, bucket, concludeRole } = audit;
    for (const { node } of [topic, alertKey, history, bucket, concludeRole]) expect(node.path).toContain("Audit/");
    const granted = statementsOf(Template.fromStack(stack)).filter(({ Resource }) => JSON.stringify(Resource).includes("OfATeam"));
    expect(granted.map(({ Action }) => Action)).toEqual(["kms:Decrypt"]);
  });

  it("runs inside of a network where one is given, and may make itself known there", async () => {
    const app = await newRecommendedApp(join(directory, "inside"));
    const stack = new Stack(app, "Team", { env: { account: "111122223333", region: "eu-central-1" } });
    // The CDK's own types do not agree where optional is exact.
    const vpc = new ec2.Vpc(stack, "Network", { maxAzs: 1 }) as ec2.IVpc;
    const audit = new Sealwatch(stack, "Audit", { watchlist: LIST, vpc });
    const template = Template.fromStack(Stack.of(audit));
    const functions = Object.entries(template.findResources("AWS::Lambda::Function")).filter(([id]) => id.startsWith("Audit"));
    expect(functions.map(([, { Properties }]) => Object.keys((Properties as { VpcConfig?: object }).VpcConfig ?? {}))).toEqual(
      Array.from({ length: 3 }, () => ["SecurityGroupIds", "SubnetIds"]),
    );
    const wide = statementsOf(template).filter(({ Resource, Action }) => Resource === "*" && !Action.includes("ecr:GetAuthorizationToken"));
    expect(wide.map(({ Action }) => [Action].flat().every((action) => action.startsWith("ec2:")))).toEqual([true, true, true]);
  });

  it("reads all repositories that a pattern matches by one statement, and lets the plan list them", async () => {
    const path = join(directory, "sealwatch.yaml");
    const policy = `policies: { release: { signers: [{ keyless: { issuer: "https://issuer.example", subject: "https://build.example/release" } }] } }`;
    const host = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";
    const named = Array.from({ length: 1000 }, (_, at) => `${host}/prod/team-${at}/app`).join(", ");
    writeFileSync(
      path,
      `version: 1\n${policy}\nrepositories: [{ repository: ["${host}/prod/**", ${named}], policy: release }, { repository: ghcr.io/acme/*, policy: release }]\n`,
    );
    const statements = statementsOf(await synthesize({ watchlist: path }));
    const prefix = "arn:aws:ecr:eu-central-1:111122223333:repository";
    expect(statements.filter(({ Action }) => Action.includes("ecr:BatchGetImage")).map(({ Resource }) => Resource)).toEqual([
      `${prefix}/prod/*`,
    ]);
    expect(statements.filter(({ Action }) => Action.includes("ecr:DescribeRepositories")).map(({ Resource }) => Resource)).toEqual([
      `${prefix}/*`,
    ]);
  });

  it("may write reports, and keeps them, where the watch list asks for some", async () => {
    const path = join(directory, "sealwatch.yaml");
    const policy = `policies: { release: { signers: [{ keyless: { issuer: "https://issuer.example", subject: "https://build.example/release" } }] } }`;
    const repositories = `repositories: [{ repository: quay.io/acme/app, policy: release }]`;
    const written = async (reports: string): Promise<string[]> => {
      writeFileSync(path, `version: 1\n${policy}\n${repositories}\n${reports}`);
      const template = await synthesize({ watchlist: path });
      expect(JSON.stringify(template.findResources("AWS::S3::Bucket"))).not.toContain("reports/");
      const puts = statementsOf(template).filter(({ Action }) => Action.includes("s3:PutObject"));
      return puts.flatMap(({ Resource }) => /\/(\w+)\/\*/.exec(JSON.stringify(Resource))?.[1] ?? []).toSorted();
    };
    expect(await written("")).toEqual(["evidence", "heads", "runs", "runs"]);
    expect(await written("reports: [{ every: month, formats: [html] }]\n")).toEqual(["evidence", "heads", "reports", "runs", "runs"]);
  });

  it("can stand twice in one stack, each with metrics of its own", async () => {
    const stack = await createStack();
    const second = new Sealwatch(stack, "Second", { watchlist: LIST });
    const template = Template.fromStack(Stack.of(second));
    const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm")).filter(({ Properties }) =>
      (Properties as { AlarmDescription: string }).AlarmDescription.endsWith("#no-completed-run"),
    );
    const dimensions = alarms.map(({ Properties }) => JSON.stringify((Properties as { Dimensions: unknown }).Dimensions));
    expect([alarms.length, new Set(dimensions).size]).toEqual([2, 2]);
  });

  it("keeps heads where nobody can delete them, if somebody asks for it", async () => {
    expect(Object.keys((await synthesize()).findResources("AWS::S3::Bucket"))).toHaveLength(1);
    const template = Template.fromStack(Stack.of(await createStack({ watchlist: LIST, lockHeads: Duration.days(400) })));
    template.hasResourceProperties("AWS::S3::Bucket", {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 400 } } },
      VersioningConfiguration: { Status: "Enabled" },
    });
  });

  it("says where everything is", async () => {
    const outputs = (await synthesize()).toJSON() as { Outputs: Record<string, unknown> };
    expect(Object.keys(outputs.Outputs)).toEqual(
      expect.arrayContaining(["RunNow", "Topic", "History", "Reports", "SigningKey", "Dashboard"]),
    );
  });

  it("is not synthesized from a wrong watch list, and says what is wrong where", async () => {
    const path = join(directory, "wrong.yaml");
    writeFileSync(path, "version: 1\nrepositories:\n  - { repository: UPPER, policy: none }\n");
    await expect(createStack({ watchlist: path })).rejects.toThrow(/wrong\.yaml:3:\d+/);
  });
});
