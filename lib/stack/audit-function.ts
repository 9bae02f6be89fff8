import { existsSync } from "node:fs";
import { join } from "node:path";
import { aws_iam as iam, aws_lambda as lambda, aws_logs as logs, RemovalPolicy } from "aws-cdk-lib";
import type { aws_ec2 as ec2, Duration } from "aws-cdk-lib";
import { Construct } from "constructs";

interface FunctionDefinition {
  readonly name: "plan" | "audit" | "conclude";
  readonly memoryMegabytes: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** The calls it may make, and no others. */
  readonly statements: readonly iam.PolicyStatementProps[];
  /** The folder of the bundles: `dist/lambdas` of a built Sealwatch. */
  readonly bundles: string;
  readonly network: FunctionNetwork | null;
}

/** The network of the registries, if they are inside one. */
export interface FunctionNetwork {
  readonly vpc: ec2.IVpc;
  readonly subnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

const LOGS_KEPT = logs.RetentionDays.THREE_MONTHS;

/** A function whose role allows the listed statements and writing its own log. */
export class AuditFunction extends Construct {
  readonly lambda: lambda.Function;
  readonly role: iam.Role;

  constructor(scope: Construct, { name, memoryMegabytes, timeout, environment, statements, bundles, network }: FunctionDefinition) {
    super(scope, name);
    const code = join(bundles, name);
    if (!existsSync(join(code, "index.mjs"))) throw new Error(`${code} is not built; run: npm run prepare`);
    const logGroup = new logs.LogGroup(this, "Log", { retention: LOGS_KEPT, removalPolicy: RemovalPolicy.RETAIN });
    this.role = new iam.Role(this, "Role", { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
    for (const statement of statements) this.role.addToPolicy(new iam.PolicyStatement(statement));
    this.role.addToPolicy(
      new iam.PolicyStatement({ sid: "Log", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroup.logGroupArn] }),
    );
    if (network !== null) this.allowNetwork();
    this.lambda = new lambda.Function(this, "Function", {
      code: lambda.Code.fromAsset(code),
      handler: "index.handler",
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: memoryMegabytes,
      timeout,
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      environment: { ...environment, POWERTOOLS_SERVICE_NAME: "sealwatch" },
      ...(network !== null && {
        vpc: network.vpc,
        ...(network.subnets && { vpcSubnets: network.subnets }),
        ...(network.securityGroups && { securityGroups: network.securityGroups }),
      }),
    });
  }

  /** These actions name no resource: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
  private allowNetwork(): void {
    const actions = [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ];
    this.role.addToPolicy(new iam.PolicyStatement({ sid: "Network", actions, resources: ["*"] }));
  }
}
