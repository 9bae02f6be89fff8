import { startLambdaProcess, type InvocationResult, type LambdaProcess, type LambdaSettings } from "./lambda-process.ts";

/** A line that a function wrote. */
export interface LogLine {
  readonly functionName: string;
  readonly instance: string;
  readonly text: string;
}

/** What is known of a function's processes so far. */
export interface FunctionStatistics {
  readonly invocations: number;
  readonly coldStartMilliseconds: readonly number[];
  readonly peakMegabytes: number;
  readonly crashes: number;
  /** What is paid for: the time of all invocations. */
  readonly billedMilliseconds: number;
}

/** How many processes a function has at most, and what becomes of an event over that. */
export interface Concurrency {
  /** What this machine can bear: over it, an event waits. */
  readonly processes: number;
  /** `ReservedConcurrentExecutions`: over it, an event is refused. */
  readonly reserved?: number;
}

/** A deployed function: processes that are started as they are needed and serve again while they live. */
export class LambdaFunction {
  readonly settings: LambdaSettings;
  readonly #concurrency: Concurrency;
  readonly #onLine: (line: LogLine) => void;
  readonly #processes: LambdaProcess[] = [];
  readonly #idle: LambdaProcess[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #invocations = 0;
  #crashes = 0;
  #billedMilliseconds = 0;

  constructor(settings: LambdaSettings, concurrency: Concurrency, onLine: (line: LogLine) => void) {
    this.settings = settings;
    this.#concurrency = concurrency;
    this.#onLine = onLine;
  }

  get statistics(): FunctionStatistics {
    return {
      invocations: this.#invocations,
      coldStartMilliseconds: this.#processes.flatMap(({ coldStartMilliseconds }) => coldStartMilliseconds ?? []),
      peakMegabytes: Math.max(0, ...this.#processes.map(({ peakMegabytes }) => peakMegabytes)),
      crashes: this.#crashes,
      billedMilliseconds: this.#billedMilliseconds,
    };
  }

  /** Serves one event in a process of its own, an idle one where there is one. */
  async invoke(event: unknown): Promise<InvocationResult> {
    const { processes, reserved = Infinity } = this.#concurrency;
    if (this.#busy + this.#waiting.length >= reserved) {
      const errorMessage = "Rate Exceeded.";
      return { kind: "failed", error: { errorType: "Lambda.TooManyRequestsException", errorMessage, trace: [] } };
    }
    while (this.#busy >= processes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
    this.#invocations++;
    const serving = this.#idle.pop() ?? this.#start();
    const startedAt = performance.now();
    try {
      const result = await serving.invoke(event, `local-${this.settings.name}-${this.#invocations}`);
      if (result.kind === "crashed") this.#crashes++;
      return result;
    } finally {
      this.#billedMilliseconds += performance.now() - startedAt;
      if (serving.isAlive) this.#idle.push(serving);
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  /** Kills the process of that session token. False where it is none of this function's. */
  kill(instance: string): boolean {
    const found = this.#processes.find((one) => one.instance === instance && one.isAlive);
    found?.kill();
    return found !== undefined;
  }

  /** Every next event meets a cold start. */
  killAll(): void {
    this.#idle.length = 0;
    for (const one of this.#processes) one.kill();
  }

  #start(): LambdaProcess {
    const instance = `${this.settings.name}/${this.#processes.length}`;
    const started = startLambdaProcess(this.settings, instance, (text) =>
      this.#onLine({ functionName: this.settings.name, instance, text }),
    );
    this.#processes.push(started);
    return started;
  }
}
