import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { readCloudAssembly, type Asset } from "./cloud-assembly.ts";
import { collectRoles, type Role } from "./collect-policies.ts";
import { createResources } from "./create-resources.ts";
import { deliverEnd, type Undelivered } from "./deliver-event.ts";
import { deployFunctions, type DeployedFunction } from "./deploy-functions.ts";
import { newJumpingClock, type Clock } from "./execution-scope.ts";
import type { AccessRecord } from "./gatekeeper.ts";
import { findUnusedGrants, listGrants, type Grant } from "./grants.ts";
import { Interruptions } from "./interruptions.ts";
import type { LogLine } from "./lambda-function.ts";
import { startLocalAws, type InboxMessage, type LocalAws } from "./local-aws.ts";
import { readMetrics, type Metric } from "./read-metrics.ts";
import { resolveTemplate, resourcesOf, type ResolvedTemplate, type Template } from "./resolve-template.ts";
import { redriveExecution, startExecution, type Execution, type StateMachine } from "./run-state-machine.ts";
import { readScheduledStart } from "./schedule.ts";
import { newStateMachineServices } from "./state-machine-services.ts";
import type { StatesBlock } from "./state-machine-definition.ts";

export interface DeployOptions {
  /** Of several stacks, the one to deploy. */
  readonly stackName?: string;
  /** Values of the template's parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Changes the template before anything is made of it: for negative controls. */
  readonly edit?: (template: Template) => Template;
  /** Values of secrets by name, before those of the template. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables for every function beside the template's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Processes of one function side by side. */
  readonly processes?: number;
  /** Of state machines; Lambdas have the clock of this machine. */
  readonly clock?: Clock;
  /** From 0 up to 1, for jitter. */
  readonly random?: () => number;
  /** `user:password` that ECR gives. */
  readonly ecrToken?: string;
}

/** A stack that runs on this machine. */
export interface LocalDeployment {
  readonly template: ResolvedTemplate;
  readonly aws: LocalAws;
  readonly functions: readonly DeployedFunction[];
  readonly interruptions: Interruptions;
  /** Starts what the schedule starts, as at that time (`2026-11-21T02:00:00Z`), and waits for its end. */
  startScheduled(scheduledTime: string): Promise<Execution>;
  /** Starts a state machine, the only one or that of the ARN, under a name. */
  start(input: unknown, machine?: string): Promise<Execution>;
  redrive(execution: Execution): Promise<Execution>;
  /** What came to the topics, the oldest first. */
  inbox(): InboxMessage[];
  /** Of all functions, in the order in which they were written. */
  logs(): readonly LogLine[];
  metrics(): Metric[];
  /** Every different call so far, with how often it was made. */
  calls(): readonly AccessRecord[];
  /** The same by the logical id of the role. */
  callsByRole(): Partial<Record<string, AccessRecord[]>>;
  denied(): AccessRecord[];
  grants(): Grant[];
  unusedGrants(): Grant[];
  /** What rules matched of the ends of executions, and could not tell their targets. */
  undelivered(): readonly Undelivered[];
  close(): Promise<void>;
}

/** A moment for lines that are written and not yet read. */
const SETTLING_MILLISECONDS = 30;

/** Deploys one stack of a cloud assembly (cdk.out): its data, functions and state machines, each with the permissions of the template alone. */
export async function deployLocally(directory: string, options: DeployOptions = {}): Promise<LocalDeployment> {
  const assembly = await readCloudAssembly(directory, options.stackName);
  const source = (options.edit ?? ((template) => template))(assembly.template);
  const place = { ...assembly.place, ...(options.parameters && { parameters: options.parameters }) };
  const template = resolveTemplate(source, place);
  const roles = collectRoles(template);
  const interruptions = new Interruptions();
  const lines: LogLine[] = [];
  const functions: DeployedFunction[] = [];
  const kill = (instance: string): void => void functions.some(({ lambda }) => lambda.kill(instance));
  const clock = options.clock ?? newJumpingClock(Date.now());
  const aws = await startLocalAws(template, roles, {
    now: Date.now,
    observe: interruptions.observe(kill),
    ...(options.ecrToken !== undefined && { ecrToken: options.ecrToken }),
  });
  const close = async (): Promise<void> => {
    for (const { lambda } of functions) lambda.killAll();
    await aws.close();
  };
  try {
    await createResources(aws, template, options.secrets ?? {});
    await uploadFiles(aws, assembly.assets);
    const { environment = {}, processes = 2 } = options;
    functions.push(
      ...deployFunctions(template, { aws, roles, assets: assembly.assets, environment, processes, onLine: (line) => lines.push(line) }),
    );
  } catch (error) {
    await close();
    throw error;
  }
  const machines = resourcesOf(template, "AWS::StepFunctions::StateMachine").map((resource) => ({
    machine: readStateMachine(resource.names, resource.properties),
    role: readRole(roles, resource.properties["RoleArn"]),
  }));
  const servicesOf = ({ machine, role }: (typeof machines)[number]) =>
    newStateMachineServices({ aws, role, machine: machine.arn, functions, clock, random: options.random ?? Math.random });
  const undelivered: Undelivered[] = [];
  let started = 0;
  const run = async (arn: string | undefined, work: (one: (typeof machines)[number]) => Promise<Execution>): Promise<Execution> => {
    const fitting = machines.filter(({ machine }) => arn === undefined || machine.arn === arn);
    if (fitting.length !== 1) throw new Error(`start: ${fitting.length} state machines fit ${arn ?? "any ARN"}, not one`);
    const execution = await work(fitting[0]!);
    undelivered.push(...(await deliverEnd(template, aws, execution, new Date(clock.now()).toISOString())));
    await sleep(SETTLING_MILLISECONDS);
    return execution;
  };
  const start = (input: unknown, arn?: string): Promise<Execution> =>
    run(arn, (one) => startExecution(one.machine, `local-${++started}`, input, servicesOf(one)));

  return {
    template,
    aws,
    functions,
    interruptions,
    start,
    startScheduled: async (scheduledTime) => {
      const { target, input } = readScheduledStart(template, roles, aws.gatekeeper, scheduledTime);
      return start(input, target);
    },
    redrive: (execution) => {
      const arn = execution.arn.replace(":execution:", ":stateMachine:").replace(/:[^:]+$/, "");
      return run(arn, (one) => redriveExecution(one.machine, execution, servicesOf(one)));
    },
    inbox: () => aws.inbox(),
    logs: () => lines,
    metrics: () => lines.flatMap(({ text }) => readMetrics(text)),
    calls: () => aws.gatekeeper.records,
    callsByRole: () => Object.groupBy(aws.gatekeeper.records, ({ role }) => role),
    denied: () => aws.gatekeeper.records.filter(({ allowed }) => !allowed),
    grants: () => listGrants(source, place),
    unusedGrants: () => findUnusedGrants(listGrants(source, place), aws.gatekeeper.records),
    undelivered: () => undelivered,
    close,
  };
}

/** Single files only: what is uploaded as an archive is the code of a function, which is read where it lies. */
async function uploadFiles(aws: LocalAws, assets: readonly Asset[]): Promise<void> {
  const s3 = aws.operator(S3Client);
  for (const bucket of new Set(assets.map((asset) => asset.bucket))) aws.createBucket(bucket);
  for (const { path, isFolder, bucket, key } of assets)
    if (!isFolder) await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(path) }));
}

function readStateMachine(
  names: ResolvedTemplate["resources"][number]["names"],
  properties: Readonly<Record<string, unknown>>,
): StateMachine {
  const substitutions = (properties["DefinitionSubstitutions"] ?? {}) as Readonly<Record<string, string>>;
  const text = (properties["DefinitionString"] as string).replaceAll(
    /\$\{([A-Za-z0-9_]+)\}/g,
    (whole, name: string) => substitutions[name] ?? whole,
  );
  return { arn: names.arn, name: names.name, roleArn: properties["RoleArn"] as string, definition: JSON.parse(text) as StatesBlock };
}

function readRole(roles: readonly Role[], arn: unknown): string {
  const role = roles.find((one) => one.arn === arn);
  if (!role?.isTrusting("states.amazonaws.com")) throw new Error(`deploy: Step Functions may not have ${String(arn)}`);
  return role.id;
}
