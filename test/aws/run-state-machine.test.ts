import { describe, expect, it } from "vitest";
import { newJumpingClock, type StateMachineServices } from "./execution-scope.ts";
import { redriveExecution, startExecution, type Execution, type StateMachine } from "./run-state-machine.ts";
import { StateError } from "./state-error.ts";
import type { State } from "./state-machine-definition.ts";

type Task = (argument: Record<string, unknown>, resource: string) => unknown;

const END = { End: true } as const;
const TASK = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke" } as const;

/** A machine of these states, from the first on, and the services that it needs. */
function newMachine(states: Record<string, State>, task: Task = () => null, more: Partial<StateMachineServices> = {}) {
  const machine: StateMachine = {
    arn: "arn:aws:states:eu-central-1:1:stateMachine:Night",
    name: "Night",
    roleArn: "arn:aws:iam::1:role/R",
    definition: { StartAt: Object.keys(states)[0]!, QueryLanguage: "JSONata", States: states },
  };
  const objects = new Map<string, string>();
  const services: StateMachineServices = {
    callTask: async (resource, argument) => task(argument as Record<string, unknown>, resource),
    readObject: async (bucket, key) => {
      const found = objects.get(`${bucket}/${key}`);
      if (found === undefined) throw new Error("NoSuchKey");
      return found;
    },
    writeObject: async (bucket, key, body) => void objects.set(`${bucket}/${key}`, body),
    mayRunChildren: () => true,
    clock: newJumpingClock(0),
    random: () => 0.5,
    ...more,
  };
  return { machine, services, objects, start: (input: unknown = {}) => startExecution(machine, "one", input, services) };
}

/** A task that fails with these errors, one an attempt, and then gives its argument. */
function failing(...errors: string[]): Task & { calls: number } {
  const task = Object.assign(
    (argument: unknown) => {
      const error = errors[task.calls++];
      if (error !== undefined) throw new StateError(error, "why");
      return argument;
    },
    { calls: 0 },
  );
  return task;
}

const map = (states: Record<string, State>, more: Partial<State>, mode: "INLINE" | "DISTRIBUTED" = "DISTRIBUTED"): State => ({
  Type: "Map",
  ItemProcessor: { ProcessorConfig: { Mode: mode, ExecutionType: "STANDARD" }, StartAt: Object.keys(states)[0]!, States: states },
  ...more,
});

describe("a state machine", () => {
  it("passes outputs on, assigns variables, and sees its context", async () => {
    const { start } = newMachine(
      {
        Plan: {
          ...TASK,
          Arguments: { who: "{% $states.context.Execution.Name %}" },
          Assign: { count: "{% $states.result.n + 1 %}" },
          Next: "Last",
        },
        Last: { Type: "Pass", Output: { count: "{% $count %}", was: "{% $states.input %}", at: "{% $millis() %}" }, ...END },
      },
      ({ who }) => ({ who, n: 1 }),
    );
    expect(await start()).toMatchObject({ status: "SUCCEEDED", output: { count: 2, was: { who: "one", n: 1 }, at: 0 } });
  });

  it("repeats a loop by choices until its condition holds, and waits without taking time", async () => {
    const { start, services } = newMachine({
      Count: { Type: "Pass", Output: { n: "{% $states.input.n + 1 %}" }, Next: "Enough" },
      Enough: { Type: "Choice", Choices: [{ Condition: "{% $states.input.n >= 3 %}", Next: "Done" }], Default: "Later" },
      Later: { Type: "Wait", Seconds: "{% 60 * 60 %}", Next: "Count" },
      Done: { Type: "Succeed" },
    });
    expect(await start({ n: 0 })).toMatchObject({ output: { n: 3 } });
    expect(services.clock.now()).toBe(2 * 3_600_000);
  });

  it("fails with what a Fail says", async () => {
    const { start } = newMachine({ Bad: { Type: "Fail", Error: "Night.Lost", Cause: "{% 'no ' & $states.input.x %}" } });
    expect(await start({ x: "plan" })).toMatchObject({ status: "FAILED", error: "Night.Lost", cause: "no plan" });
  });

  it("is refused in JSONPath", async () => {
    const { machine, services } = newMachine({ A: { Type: "Pass", ...END } });
    const { QueryLanguage: _, ...definition } = machine.definition;
    await expect(startExecution({ ...machine, definition }, "x", {}, services)).rejects.toThrow("the state A is not in JSONata");
  });

  it("is refused with a field that has no meaning here", async () => {
    const state = { Type: "Pass", ResultPath: "$.x", ...END } as State;
    await expect(newMachine({ A: state }).start()).rejects.toThrow("ResultPath of the state A is not supported");
  });

  it("ends a task by its time", async () => {
    const { start } = newMachine({ A: { ...TASK, TimeoutSeconds: 0.05, ...END } }, () => new Promise(() => undefined));
    expect(await start()).toMatchObject({ error: "States.Timeout" });
  });

  it.each(["{% $states.input.nothing %}", "{% $error('no') %}", "{% 1 + 'a' %}"])(
    "fails where an expression has no value: %s",
    async (Output) => {
      expect(await newMachine({ A: { Type: "Pass", Output, ...END } }).start()).toMatchObject({ error: "States.QueryEvaluationError" });
    },
  );

  it("fails with more than 256 KiB between two states, which no wildcard catches", async () => {
    const { start } = newMachine(
      {
        A: { ...TASK, Retry: [{ ErrorEquals: ["States.ALL"] }], Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], Next: "B" },
        B: { Type: "Succeed" },
      },
      () => "x".repeat(256 * 1024),
    );
    expect(await start()).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
  });

  it("fails where its history is full", async () => {
    const { start } = newMachine({ A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", Next: "A" } });
    expect(await start()).toMatchObject({ error: "States.Runtime", events: 25_002 });
  });
});

describe("a retrier", () => {
  const withRetry = (task: Task, more: object = {}) => {
    const Retry = [{ ErrorEquals: ["Busy"], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10, ...more }];
    return newMachine({ A: { ...TASK, Retry, ...END } }, task);
  };

  it("waits longer each time, up to its longest delay, and then gives up", async () => {
    const task = failing("Busy", "Busy", "Busy", "Busy");
    const { start, services } = withRetry(task);
    expect(await start()).toMatchObject({ error: "Busy", cause: "why" });
    expect([task.calls, services.clock.now()]).toEqual([4, (2 + 6 + 10) * 1000]);
  });

  it("waits by chance with full jitter, and succeeds", async () => {
    const { start, services } = withRetry(failing("Busy"), { JitterStrategy: "FULL" });
    expect((await start()).status).toBe("SUCCEEDED");
    expect(services.clock.now()).toBe(1000);
  });

  it("leaves other errors alone", async () => {
    const task = failing("Broken");
    expect(await withRetry(task).start()).toMatchObject({ error: "Broken" });
    expect(task.calls).toBe(1);
  });
});

describe("a catcher", () => {
  it("goes on with the error, and with what it assigns", async () => {
    const Catch = [{ ErrorEquals: ["States.TaskFailed"], Next: "B", Assign: { why: "{% $states.errorOutput.Error %}" } }];
    const { start } = newMachine(
      { A: { ...TASK, Catch, ...END }, B: { Type: "Pass", Output: ["{% $why %}", "{% $states.input.Cause %}"], ...END } },
      failing("Broken"),
    );
    expect(await start()).toMatchObject({ output: ["Broken", "why"] });
  });
});

describe("an inline map", () => {
  const ITEMS = [{ n: 1 }, { n: 2 }, { n: 3 }];

  it("runs its block once an item, with item and index, and variables that stay inside", async () => {
    const inner: Record<string, State> = {
      Add: { Type: "Pass", Assign: { base: 0 }, Output: "{% $base + $states.input.n + $states.input.i %}", ...END },
    };
    const { start } = newMachine({
      Set: { Type: "Pass", Assign: { base: 100 }, Next: "All" },
      All: map(
        inner,
        {
          ItemSelector: { n: "{% $states.context.Map.Item.Value.n %}", i: "{% $states.context.Map.Item.Index %}" },
          Items: ITEMS,
          Next: "End",
        },
        "INLINE",
      ),
      End: { Type: "Pass", Output: { results: "{% $states.input %}", base: "{% $base %}" }, ...END },
    });
    expect(await start()).toMatchObject({ output: { results: [101, 103, 105], base: 100 } });
  });

  it("fails with the first failure and starts nothing after it; a redrive repeats only what is missing", async () => {
    const done: unknown[] = [];
    let broken = true;
    const { start, machine, services } = newMachine(
      { All: map({ Work: { ...TASK, ...END } }, { Items: ITEMS, MaxConcurrency: "{% 1 %}", ...END }, "INLINE") },
      ({ n }) => {
        if (n === 2 && broken) throw new StateError("Broken", "");
        done.push(n);
        return n;
      },
    );
    const failed = await start();
    expect([failed.error, done]).toEqual(["Broken", [1]]);
    broken = false;
    expect(await redriveExecution(machine, failed, services)).toMatchObject({ status: "SUCCEEDED", output: [1, 2, 3], redrives: 1 });
    expect(done).toEqual([1, 2, 3]);
  });
});

describe("a distributed map", () => {
  const READER = {
    Resource: "arn:aws:states:::s3:getObject",
    ReaderConfig: { InputType: "JSONL" },
    Arguments: { Bucket: "b", Key: "{% $states.input.key %}" },
  };
  const lines = (count: number): string => Array.from({ length: count }, (_, n) => `${JSON.stringify({ n })}\n`).join("");
  const run = async (more: Partial<State>, task: Task, count = 10, services: Partial<StateMachineServices> = {}) => {
    const made = newMachine({ All: map({ Work: { ...TASK, ...END } }, { ItemReader: READER, ...more, ...END }) }, task, services);
    made.objects.set("b/k", lines(count));
    return { ...made, execution: await made.start({ key: "k" }) };
  };

  it("reads its items from S3, batches them, and starts a child a batch", async () => {
    const batches: unknown[] = [];
    const { execution } = await run({ ItemBatcher: { MaxItemsPerBatch: 4, BatchInput: { run: "{% $states.input.key %}" } } }, (batch) =>
      batches.push(batch),
    );
    expect(execution.status).toBe("SUCCEEDED");
    expect(batches[2]).toEqual({ BatchInput: { run: "k" }, Items: [{ n: 8 }, { n: 9 }] });
  });

  it("keeps to its concurrency", async () => {
    let now = 0;
    let most = 0;
    await run({ MaxConcurrency: 3 }, async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      return now--;
    });
    expect(most).toBe(3);
  });

  it("bears as many failures as it tolerates, and writes what became of each", async () => {
    const task: Task = ({ n }) => {
      if (n === 7) throw new StateError("Poison", "x");
      return n;
    };
    const ResultWriter = { Resource: "arn:aws:states:::s3:putObject", Arguments: { Bucket: "b", Prefix: "results" } };
    const { execution, objects } = await run({ ToleratedFailurePercentage: 10, ResultWriter }, task);
    const { ResultWriterDetails } = execution.output as { ResultWriterDetails: { Key: string } };
    const manifest = JSON.parse(objects.get(`b/${ResultWriterDetails.Key}`)!) as { ResultFiles: Record<string, { Key: string }[]> };
    const failed = JSON.parse(objects.get(`b/${manifest.ResultFiles["FAILED"]![0]!.Key}`)!) as { Input: string; Error: string }[];
    expect(failed).toEqual([expect.objectContaining({ Input: '{"n":7}', Error: "Poison", Status: "FAILED" })]);
    expect((await run({ ToleratedFailurePercentage: 9 }, task)).execution.error).toBe("States.ExceedToleratedFailureThreshold");
  });

  it("repeats in a redrive only the children that failed", async () => {
    const seen: unknown[] = [];
    let broken = true;
    const { execution, machine, services } = await run({ ToleratedFailureCount: 0, MaxConcurrency: 1 }, ({ n }) => {
      seen.push(n);
      if (n === 4 && broken) throw new StateError("Poison", "x");
      return n;
    });
    broken = false;
    await redriveExecution(machine, execution, services);
    expect(seen).toEqual([0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
  });

  it.each<[string, Partial<State>, Partial<StateMachineServices>]>([
    ["States.ItemReaderFailed", { ItemReader: { ...READER, Arguments: { Bucket: "b", Key: "none" } } }, {}],
    ["States.Permissions", {}, { mayRunChildren: () => false }],
    ["States.DataLimitExceeded", {}, {}],
  ])("fails with %s", async (error, more, services) => {
    const { execution }: { execution: Execution } = await run(more, () => "x".repeat(30_000), 10, services);
    expect(execution.error).toBe(error);
  });
});
