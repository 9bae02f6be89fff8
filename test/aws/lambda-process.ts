import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { InvocationMessage, LambdaError, ProcessMessage } from "./lambda-protocol.ts";

/** What a function's processes have in common. */
export interface LambdaSettings {
  readonly name: string;
  /** The unpacked asset. */
  readonly directory: string;
  /** As in the template: `index.handler`. */
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** All variables but those that Lambda sets itself. */
  readonly environment: Readonly<Record<string, string>>;
}

export type InvocationResult =
  | { readonly kind: "answered"; readonly payload: unknown }
  | { readonly kind: "failed"; readonly error: LambdaError }
  /** The process is gone: killed, out of memory, exited, or over its time. */
  | { readonly kind: "crashed"; readonly error: LambdaError };

/** One execution environment: a process that serves one event at a time, until it dies. */
export interface LambdaProcess {
  /** What its requests carry as session token. */
  readonly instance: string;
  /** From the start of the process to the loaded module; null until then. */
  readonly coldStartMilliseconds: number | null;
  /** The most memory that it ever had, as the system counted it. */
  readonly peakMegabytes: number;
  readonly isAlive: boolean;
  invoke(event: unknown, requestId: string): Promise<InvocationResult>;
  /** `kill -9`. */
  kill(): void;
}

const RUNTIME = join(import.meta.dirname, "lambda-runtime.ts");
/** What a process has beside its heap: the program, buffers, code. */
export const OVERHEAD_MEGABYTES = 64;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: request and response each */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** A frozen process does not see that its parent is gone: whoever leaves takes them along. */
const living = new Set<ChildProcess>();
process.once("exit", () => living.forEach((child) => child.kill("SIGKILL")));

/** Starts a process; `onLine` gets each line that it writes. */
export function startLambdaProcess(settings: LambdaSettings, instance: string, onLine: (line: string) => void): LambdaProcess {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [`--max-old-space-size=${Math.max(32, settings.memoryMegabytes - OVERHEAD_MEGABYTES)}`, RUNTIME], {
    env: { ...settings.environment, ...describeEnvironment(settings, instance) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  living.add(child);
  child.once("close", () => living.delete(child));
  const lastLines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on("line", (line) => {
      lastLines.splice(0, lastLines.length - 19);
      lastLines.push(line);
      onLine(line);
    });
  return new RunningProcess(settings, instance, child, startedAt, lastLines);
}

class RunningProcess implements LambdaProcess {
  readonly instance: string;
  readonly #settings: LambdaSettings;
  readonly #child: ChildProcess;
  readonly #lastLines: readonly string[];
  readonly #ready: Promise<void>;
  readonly #gone: Promise<LambdaError>;
  coldStartMilliseconds: number | null = null;
  peakMegabytes = 0;
  isAlive = true;

  constructor(settings: LambdaSettings, instance: string, child: ChildProcess, startedAt: number, lastLines: readonly string[]) {
    this.#settings = settings;
    this.instance = instance;
    this.#child = child;
    this.#lastLines = lastLines;
    this.#ready = new Promise((resolve) => {
      child.once("message", () => {
        this.coldStartMilliseconds = Math.round(performance.now() - startedAt);
        resolve();
      });
    });
    this.#gone = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        this.isAlive = false;
        const errorMessage = `RequestId: local Error: Runtime exited with ${signal === null ? `exit status ${code}` : `signal ${signal}`}`;
        resolve({ errorType: "Runtime.ExitError", errorMessage, trace: [...this.#lastLines] });
      });
    });
  }

  async invoke(event: unknown, requestId: string): Promise<InvocationResult> {
    const { timeoutSeconds } = this.#settings;
    if (isTooLarge(JSON.stringify(event ?? null))) return failWith("RequestTooLargeException", "the event is over 6 MB");
    const gone = this.#gone.then((error) => ({ kind: "crashed" as const, error }));
    const first = await Promise.race([this.#ready, gone]);
    if (first) return first;
    // What the module did while it was loaded does not count: it has a time of its own, as on AWS.
    const late = Promise.withResolvers<InvocationResult>();
    const timer = setTimeout(() => {
      this.kill();
      late.resolve(failWith("Sandbox.Timedout", `Task timed out after ${timeoutSeconds}.00 seconds`, "crashed"));
    }, timeoutSeconds * 1000);
    try {
      this.#child.kill("SIGCONT");
      const message: InvocationMessage = { kind: "invoke", requestId, event, deadline: Date.now() + timeoutSeconds * 1000 };
      const answer = this.#awaitAnswer(requestId);
      this.#child.send(message, () => undefined);
      return await Promise.race([answer, gone, late.promise]);
    } finally {
      clearTimeout(timer);
      this.#rest();
    }
  }

  kill(): void {
    this.isAlive = false;
    this.#child.kill("SIGKILL");
  }

  /** AWS freezes an environment between two events: what still runs after the answer does not. */
  #rest(): void {
    if (!this.isAlive) return;
    this.peakMegabytes = readPeakMegabytes(this.#child.pid!) ?? this.peakMegabytes;
    this.#child.kill("SIGSTOP");
  }

  #awaitAnswer(requestId: string): Promise<InvocationResult> {
    return new Promise((resolve) => {
      const listen = (message: ProcessMessage): void => {
        if (message.kind === "ready" || message.requestId !== requestId) return;
        this.#child.off("message", listen);
        if (message.kind === "failure") resolve({ kind: "failed", error: message.error });
        else if (isTooLarge(message.payload)) resolve(failWith("Function.ResponseSizeTooLarge", "Response payload size exceeded"));
        else resolve({ kind: "answered", payload: JSON.parse(message.payload) });
      };
      this.#child.on("message", listen);
    });
  }
}

function describeEnvironment({ name, directory, handler, memoryMegabytes }: LambdaSettings, instance: string): Record<string, string> {
  return {
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: directory,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_STREAM_NAME: instance,
    AWS_SESSION_TOKEN: instance,
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
  };
}

function failWith(errorType: string, errorMessage: string, kind: "failed" | "crashed" = "failed"): InvocationResult {
  return { kind, error: { errorType, errorMessage, trace: [] } };
}

function isTooLarge(payload: string): boolean {
  return Buffer.byteLength(payload) > PAYLOAD_LIMIT_BYTES;
}

/** Null where the system does not tell, or the process is gone. */
function readPeakMegabytes(pid: number): number | null {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}
