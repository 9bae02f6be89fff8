import { createHash } from "node:crypto";

/** What `Ref` and `Fn::GetAtt` give of one resource. */
export interface PhysicalNames {
  readonly name: string;
  readonly ref: string;
  readonly arn: string;
  attribute(name: string): string;
}

interface StackLocation {
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
}

interface Kind {
  /** The property in which a template may name the resource itself. */
  readonly named?: string;
  /** The ARN from its service on: `{}` stands for region and account, `*` for the name. */
  readonly arn: string;
  /** What `Ref` gives; the name, where nothing is said. */
  readonly ref?: "arn";
  readonly more?: (names: { name: string; arn: string }, location: StackLocation) => Readonly<Record<string, string>>;
}

/** How CloudFormation names and refers to what CDK deploys for an auditor: the "Return values" of each type's page. */
const KINDS: Readonly<Record<string, Kind>> = {
  "AWS::DynamoDB::Table": { named: "TableName", arn: "dynamodb:{}:table/*", more: ({ arn }) => ({ StreamArn: `${arn}/stream/local` }) },
  "AWS::DynamoDB::GlobalTable": {
    named: "TableName",
    arn: "dynamodb:{}:table/*",
    more: ({ arn }) => ({ StreamArn: `${arn}/stream/local` }),
  },
  "AWS::SNS::Topic": { named: "TopicName", arn: "sns:{}:*", ref: "arn", more: ({ name, arn }) => ({ TopicName: name, TopicArn: arn }) },
  "AWS::S3::Bucket": {
    named: "BucketName",
    arn: "s3:::*",
    more: ({ name }, { region }) => ({
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    }),
  },
  "AWS::Lambda::Function": { named: "FunctionName", arn: "lambda:{}:function:*" },
  "AWS::Lambda::LayerVersion": { arn: "lambda:{}:layer:*:1", ref: "arn" },
  "AWS::IAM::Role": { named: "RoleName", arn: "iam::{account}:role/*", more: ({ name }) => ({ RoleId: `AROA${name}` }) },
  "AWS::IAM::ManagedPolicy": {
    named: "ManagedPolicyName",
    arn: "iam::{account}:policy/*",
    ref: "arn",
    more: ({ arn }) => ({ PolicyArn: arn }),
  },
  "AWS::KMS::Key": { arn: "kms:{}:key/*", more: ({ name }) => ({ KeyId: name }) },
  "AWS::KMS::Alias": { named: "AliasName", arn: "kms:{}:*" },
  "AWS::SecretsManager::Secret": { named: "Name", arn: "secretsmanager:{}:secret:*-L0cal1", ref: "arn", more: ({ arn }) => ({ Id: arn }) },
  "AWS::StepFunctions::StateMachine": {
    named: "StateMachineName",
    arn: "states:{}:stateMachine:*",
    ref: "arn",
    more: ({ name }) => ({ Name: name }),
  },
  "AWS::Scheduler::Schedule": { named: "Name", arn: "scheduler:{}:schedule/default/*" },
  "AWS::Scheduler::ScheduleGroup": { named: "Name", arn: "scheduler:{}:schedule-group/*" },
  "AWS::Logs::LogGroup": { named: "LogGroupName", arn: "logs:{}:log-group:*:\\*" },
  "AWS::Events::Rule": { named: "Name", arn: "events:{}:rule/*" },
  "AWS::CloudWatch::Alarm": { named: "AlarmName", arn: "cloudwatch:{}:alarm:*" },
  "AWS::SQS::Queue": { named: "QueueName", arn: "sqs:{}:*", more: ({ name }) => ({ QueueName: name }) },
};

/** The names of a resource; `property` gives a resolved property. Of types that are not known, an ARN has the form of most. */
export function namePhysically(id: string, type: string, location: StackLocation, property: (name: string) => unknown): PhysicalNames {
  const [, service = "", thing = ""] = type.toLowerCase().split("::");
  const kind = KINDS[type] ?? { arn: `${service}:{}:${thing}/*` };
  const given = kind.named === undefined ? undefined : property(kind.named);
  const name = typeof given === "string" ? given : inventName(id, type, location.stackName);
  const path = type === "AWS::IAM::Role" ? property("Path") : undefined;
  const arn = formatArn(kind.arn, typeof path === "string" ? `${path.slice(1)}${name}` : name, location);
  const url = type === "AWS::SQS::Queue" ? `https://sqs.${location.region}.amazonaws.com/${location.account}/${name}` : name;
  const attributes: Readonly<Record<string, string>> = { Arn: arn, ...kind.more?.({ name, arn }, location) };
  return {
    name,
    ref: kind.ref === "arn" ? arn : url,
    arn,
    attribute(attribute) {
      const value = attributes[attribute] ?? (KINDS[type] ? undefined : `${name}.${attribute}`);
      if (value === undefined) throw new Error(`resolve template: ${id} (${type}) has no attribute ${attribute}`);
      return value;
    },
  };
}

function formatArn(form: string, name: string, { region, account }: StackLocation): string {
  const filled = form.replace("{}", `${region}:${account}`).replace("{account}", account);
  return `arn:aws:${filled.replace(/(?<!\\)\*/, () => name).replace(String.raw`\*`, "*")}`;
}

/** Like CloudFormation's: stack, logical id and something of its own; lower case where it has to be, and never over 63 characters. */
function inventName(id: string, type: string, stackName: string): string {
  const own = createHash("sha256").update(`${stackName} ${id}`).digest("hex");
  if (type === "AWS::KMS::Key") return own.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const name = `${`${stackName}-${id}`.slice(0, 50)}-${own.slice(0, 12)}`;
  return type === "AWS::S3::Bucket" ? name.toLowerCase() : name;
}
