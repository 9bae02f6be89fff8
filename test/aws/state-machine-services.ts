import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient, type PublishCommandInput } from "@aws-sdk/client-sns";
import { newNeed } from "./access-need.ts";
import type { DeployedFunction } from "./deploy-functions.ts";
import type { Clock, StateMachineServices } from "./execution-scope.ts";
import type { InvocationResult } from "./lambda-process.ts";
import type { LocalAws } from "./local-aws.ts";
import { StateError } from "./state-error.ts";

export interface MachineSurroundings {
  readonly aws: LocalAws;
  /** Logical id of the machine's role. */
  readonly role: string;
  /** ARN. */
  readonly machine: string;
  readonly functions: readonly DeployedFunction[];
  readonly clock: Clock;
  readonly random: () => number;
}

/** What a state machine reaches, each with the permissions of its role and by the same way as a Lambda's calls. */
export function newStateMachineServices({ aws, role, machine, functions, clock, random }: MachineSurroundings): StateMachineServices {
  const s3 = aws.actAs(role, S3Client);
  const sns = aws.actAs(role, SNSClient);
  const invoke = async (named: string, payload: unknown): Promise<unknown> => {
    const found = functions.find(({ arn, name }) => named === name || named === arn || named.startsWith(`${arn}:`));
    if (!found) throw new StateError("Lambda.ResourceNotFoundException", `Function not found: ${named}`);
    const resource = named.startsWith("arn:") ? named : found.arn;
    if (!aws.gatekeeper.authorize(role, newNeed("lambda:InvokeFunction", resource)).allowed)
      throw new StateError(
        "Lambda.AWSLambdaException",
        `${role} is not authorized to perform: lambda:InvokeFunction on resource: ${resource}`,
      );
    return readResult(await found.lambda.invoke(payload));
  };
  return {
    clock,
    random,
    callTask: async (resource, argument) => {
      if (resource.startsWith("arn:aws:lambda:")) return invoke(resource, argument);
      switch (resource.replace(/^arn:aws:states:[^:]*:[^:]*:/, "")) {
        case "lambda:invoke": {
          const { FunctionName, Payload = {} } = argument as { readonly FunctionName: string; readonly Payload?: unknown };
          return { ExecutedVersion: "$LATEST", Payload: await invoke(FunctionName, Payload), StatusCode: 200 };
        }
        case "sns:publish":
          return publish(sns, argument as PublishCommandInput);
        default:
          throw new Error(`run state machine: the task ${resource} is not supported`);
      }
    },
    readObject: async (Bucket, Key) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString(),
    writeObject: async (Bucket, Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
    mayRunChildren: (action, label) => {
      const resource = action === "states:StartExecution" ? machine : `${machine.replace(":stateMachine:", ":execution:")}/${label}:*`;
      return aws.gatekeeper.authorize(role, newNeed(action, resource)).allowed;
    },
  };
}

function readResult(result: InvocationResult): unknown {
  if (result.kind === "answered") return result.payload;
  const { errorType } = result.error;
  // A process that is gone told nobody why; only the end of its time is seen from outside.
  const error = result.kind === "crashed" && errorType !== "Sandbox.Timedout" ? "Lambda.Unknown" : errorType;
  throw new StateError(error, JSON.stringify(result.error));
}

async function publish(sns: SNSClient, argument: PublishCommandInput): Promise<unknown> {
  const message = typeof argument.Message === "string" ? argument.Message : JSON.stringify(argument.Message);
  try {
    const { MessageId } = await sns.send(new PublishCommand({ ...argument, Message: message }));
    return { MessageId };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new StateError(`SNS.${error.name}`, error.message);
  }
}
