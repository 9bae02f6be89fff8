import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { InvocationMessage, LambdaError, ProcessMessage } from "./lambda-protocol.ts";

/*
 * The program of a Lambda's process, in the place of AWS's runtime: loads the handler that `_HANDLER` names from `LAMBDA_TASK_ROOT`, and
 * gives it one event after the other. Imports types only, so that nothing of this project is in the process but the bundle.
 */

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { _HANDLER: name = "", LAMBDA_TASK_ROOT: root = "", AWS_LAMBDA_FUNCTION_NAME: functionName = "" } = process.env;

try {
  const handler = await loadHandler();
  process.on("message", (message: InvocationMessage) => void invoke(handler, message));
  tell({ kind: "ready" });
} catch (error) {
  // Lambda says the same in its log where a module cannot be loaded.
  console.error(`Runtime.ImportModuleError ${describe(error).trace.join("\n")}`);
  process.exit(1);
}

async function loadHandler(): Promise<Handler> {
  const dot = name.lastIndexOf(".");
  const file = [".mjs", ".js", ".cjs"].map((suffix) => join(root, name.slice(0, dot) + suffix)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`Cannot find module '${name.slice(0, dot)}'`);
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown> & { readonly default?: Record<string, unknown> };
  const handler = module[name.slice(dot + 1)] ?? module.default?.[name.slice(dot + 1)];
  if (typeof handler !== "function") throw new Error(`${name} is undefined or not exported`);
  return handler as Handler;
}

async function invoke(handler: Handler, { requestId, event, deadline }: InvocationMessage): Promise<void> {
  const context = {
    functionName,
    functionVersion: "$LATEST",
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    invokedFunctionArn: process.env["LOCAL_FUNCTION_ARN"],
    awsRequestId: requestId,
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(event, context);
    tell({ kind: "answer", requestId, payload: JSON.stringify(result ?? null) });
  } catch (error) {
    tell({ kind: "failure", requestId, error: describe(error) });
  }
}

function describe(error: unknown): LambdaError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

function tell(message: ProcessMessage): void {
  process.send?.(message);
}
