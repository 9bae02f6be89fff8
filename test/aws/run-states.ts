import type { StateExit } from "./execution-journal.ts";
import { countEvents, evaluateIn, evaluateNumber, type ExecutionScope } from "./execution-scope.ts";
import { runMap } from "./run-map.ts";
import { limitStateData, matchError, StateError } from "./state-error.ts";
import type { Catcher, Expression, Retrier, State, StatesBlock } from "./state-machine-definition.ts";

/**
 * Runs a block from its first state to its end and gives the output. States that the journal has are left as they were left before.
 * @throws StateError where a state fails and no retrier or catcher of its own helps.
 */
export async function runStates(block: StatesBlock, input: unknown, scope: ExecutionScope): Promise<unknown> {
  const visits = new Map<string, number>();
  let name = block.StartAt;
  let current = input;
  for (;;) {
    const state = block.States[name];
    if (!state) throw new StateError("States.Runtime", `there is no state ${name}`);
    const visit = (visits.get(name) ?? 0) + 1;
    visits.set(name, visit);
    const path = `${scope.path}/${name}#${visit}`;
    const exit = scope.journal.recallExit(path) ?? (await runState(name, state, current, { ...scope, path }));
    scope.journal.recordExit(path, exit);
    Object.assign(scope.variables, exit.assigned);
    if (exit.next === null) return exit.output;
    name = exit.next;
    current = exit.output;
  }
}

/** One state with its retries; what it could not do is what its catchers say, or an error. */
async function runState(name: string, state: State, input: unknown, scope: ExecutionScope): Promise<StateExit> {
  const attempts = new Map<Retrier, number>();
  for (let retries = 0; ; retries++) {
    const context = {
      ...scope.context,
      State: { Name: name, EnteredTime: new Date(scope.services.clock.now()).toISOString(), RetryCount: retries },
    };
    const inState = { ...scope, context };
    try {
      countEvents(scope, state.Type === "Task" ? 5 : 2);
      limitStateData(`The input of the state '${name}'`, input);
      const exit = await enterState(state, input, inState);
      limitStateData(`The output of the state '${name}'`, exit.output);
      return exit;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matchError(ErrorEquals, error.error));
      const attempt = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier !== undefined && attempt < (retrier.MaxAttempts ?? 3)) {
        attempts.set(retrier, attempt + 1);
        await scope.services.clock.sleep(delayOf(retrier, attempt, scope.services.random));
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matchError(ErrorEquals, error.error));
      if (catcher === undefined) throw error;
      return leaveByCatcher(catcher, input, error, inState);
    }
  }
}

function delayOf(
  { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy }: Retrier,
  attempt: number,
  random: () => number,
): number {
  const seconds = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  return seconds * 1000 * (JitterStrategy === "FULL" ? random() : 1);
}

async function leaveByCatcher(catcher: Catcher, input: unknown, error: StateError, scope: ExecutionScope): Promise<StateExit> {
  const errorOutput = { Error: error.error, Cause: error.cause };
  return leave(catcher, catcher.Next, { input, errorOutput }, errorOutput, scope);
}

async function enterState(state: State, input: unknown, scope: ExecutionScope): Promise<StateExit> {
  const next = state.Next ?? null;
  const { clock } = scope.services;
  switch (state.Type) {
    case "Succeed":
    case "Pass":
      return leave(state, next, { input }, input, scope);
    case "Wait": {
      const seconds = state.Seconds === undefined ? 0 : Number(await evaluateIn(scope, state.Seconds, { input }));
      const until = state.Timestamp === undefined ? 0 : Date.parse(String(await evaluateIn(scope, state.Timestamp, { input })));
      await clock.sleep(Math.max(0, seconds * 1000, until - clock.now()));
      return leave(state, next, { input }, input, scope);
    }
    case "Fail": {
      const told = (await evaluateIn(scope, { error: state.Error ?? "States.Failed", cause: state.Cause ?? "" }, { input })) as Record<
        string,
        string
      >;
      throw new StateError(told["error"]!, told["cause"]!);
    }
    case "Choice":
      return choose(state, input, scope);
    case "Task": {
      const argument = state.Arguments === undefined ? input : await evaluateIn(scope, state.Arguments, { input });
      limitStateData("The arguments of the task", argument);
      const result = await limitTime(
        scope.services.callTask(state.Resource!, argument),
        await evaluateNumber(scope, state.TimeoutSeconds, input, 0),
      );
      limitStateData("The result of the task", result);
      return leave(state, next, { input, result }, result, scope);
    }
    case "Parallel": {
      const inputOfAll = state.Arguments === undefined ? input : await evaluateIn(scope, state.Arguments, { input });
      const branches = (state.Branches ?? []).map((branch, index) =>
        runStates(branch, inputOfAll, {
          ...scope,
          path: `${scope.path}[${index}]`,
          variables: Object.create(scope.variables) as Record<string, unknown>,
        }),
      );
      // All are awaited, so that none goes on after the execution has ended.
      await Promise.allSettled(branches);
      const result = await Promise.all(branches);
      return leave(state, next, { input, result }, result, scope);
    }
    case "Map": {
      const result = await runMap(state, input, scope, runStates);
      return leave(state, next, { input, result }, result, scope);
    }
  }
}

/** A task that has no end of its own ends by its state's; what it still does goes on, as on AWS. */
async function limitTime(task: Promise<unknown>, seconds: number): Promise<unknown> {
  if (seconds === 0) return task;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new StateError("States.Timeout", `no result after ${seconds} seconds`)), seconds * 1000);
  try {
    return await Promise.race([task, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function choose(state: State, input: unknown, scope: ExecutionScope): Promise<StateExit> {
  for (const rule of state.Choices ?? []) {
    const holds = await evaluateIn(scope, rule.Condition, { input });
    if (typeof holds !== "boolean") throw new StateError("States.QueryEvaluationError", `${String(rule.Condition)} is not a boolean`);
    if (holds) return leave({ Output: state.Output, ...rule }, rule.Next, { input }, input, scope);
  }
  if (state.Default === undefined) throw new StateError("States.NoChoiceMatched", "no choice matches, and there is no default");
  return leave(state, state.Default, { input }, input, scope);
}

interface Leaving {
  readonly Output?: Expression;
  readonly Assign?: Expression;
}

/** Output and variables both see the variables as they were. */
async function leave(
  { Output, Assign }: Leaving,
  next: string | null,
  states: Readonly<Record<string, unknown>>,
  otherwise: unknown,
  scope: ExecutionScope,
): Promise<StateExit> {
  const output = Output === undefined ? otherwise : await evaluateIn(scope, Output, states);
  const assigned = (Assign === undefined ? {} : await evaluateIn(scope, Assign, states)) as Record<string, unknown>;
  return { output, assigned, next };
}
