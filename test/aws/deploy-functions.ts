import type { Asset } from "./cloud-assembly.ts";
import type { Role } from "./collect-policies.ts";
import { LambdaFunction, type LogLine } from "./lambda-function.ts";
import type { LocalAws } from "./local-aws.ts";
import { newNeed } from "./access-need.ts";
import { resourcesOf, type ResolvedResource, type ResolvedTemplate } from "./resolve-template.ts";

/** A function of the template, ready to be invoked. */
export interface DeployedFunction {
  /** Logical id. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** Logical id of its role. */
  readonly role: string;
  readonly lambda: LambdaFunction;
}

export interface FunctionSurroundings {
  readonly aws: LocalAws;
  readonly roles: readonly Role[];
  readonly assets: readonly Asset[];
  /** Variables that the template does not know, for every function: where a registry of the test is. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processes of one function side by side. */
  readonly processes: number;
  readonly onLine: (line: LogLine) => void;
}

/**
 * Every function of the template. A line reaches the log only where the role may write it: without, logs and metrics are lost, as on AWS.
 * @throws Error for a role that Lambda may not have, and for code that is not a folder of the assembly.
 */
export function deployFunctions(template: ResolvedTemplate, surroundings: FunctionSurroundings): DeployedFunction[] {
  return resourcesOf(template, "AWS::Lambda::Function").map((resource) => deployFunction(template, resource, surroundings));
}

function deployFunction(
  template: ResolvedTemplate,
  { id, names, properties }: ResolvedResource,
  surroundings: FunctionSurroundings,
): DeployedFunction {
  const { aws, roles, assets, environment, processes, onLine } = surroundings;
  const { region } = template.place;
  const role = roles.find(({ arn }) => arn === properties["Role"]);
  if (!role) throw new Error(`deploy ${id}: its role is not in the template`);
  if (!role.isTrusting("lambda.amazonaws.com")) throw new Error(`deploy ${id}: ${role.id} does not let Lambda have it`);
  const { S3Key: key } = properties["Code"] as { readonly S3Key?: string };
  const asset = assets.find((one) => one.key === key && one.isFolder);
  if (!asset) throw new Error(`deploy ${id}: its code is no folder of the assembly`);
  const group = (properties["LoggingConfig"] as { readonly LogGroup?: string } | undefined)?.LogGroup ?? `/aws/lambda/${names.name}`;
  const mayLog = newLogPermission(aws, role.id, `arn:aws:logs:${region}:${template.place.account}:log-group:${group}`);
  const settings = {
    name: names.name,
    directory: asset.path,
    handler: properties["Handler"] as string,
    memoryMegabytes: Number(properties["MemorySize"] ?? 128),
    timeoutSeconds: Number(properties["Timeout"] ?? 3),
    environment: {
      ...environment,
      ...(properties["Environment"] as { readonly Variables?: Readonly<Record<string, string>> } | undefined)?.Variables,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: role.id,
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: aws.url,
      AWS_LAMBDA_LOG_GROUP_NAME: group,
      LOCAL_FUNCTION_ARN: names.arn,
    },
  };
  const reserved = properties["ReservedConcurrentExecutions"];
  const concurrency = { processes, ...(reserved !== undefined && { reserved: Number(reserved) }) };
  const lambda = new LambdaFunction(settings, concurrency, (line) => mayLog(line.instance) && onLine(line));
  return { id, arn: names.arn, name: names.name, role: role.id, lambda };
}

/** Asked once for each process, which has a log stream of its own. */
function newLogPermission(aws: LocalAws, role: string, group: string): (instance: string) => boolean {
  const known = new Map<string, boolean>();
  return (instance) => {
    const allowed =
      known.get(instance) ??
      ["logs:CreateLogStream", "logs:PutLogEvents"].every(
        (action) => aws.gatekeeper.authorize(role, newNeed(action, `${group}:log-stream:${instance}`)).allowed,
      );
    known.set(instance, allowed);
    return allowed;
  };
}
