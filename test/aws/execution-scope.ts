import { evaluate } from "./evaluate-jsonata.ts";
import type { ExecutionJournal } from "./execution-journal.ts";
import { StateError } from "./state-error.ts";
import type { Expression } from "./state-machine-definition.ts";

/** What a state machine reaches outside of itself, with the permissions of its role. */
export interface StateMachineServices {
  /** @throws StateError with the error's name as Step Functions gives it. */
  callTask(resource: string, argument: unknown): Promise<unknown>;
  readObject(bucket: string, key: string): Promise<string>;
  writeObject(bucket: string, key: string, body: string): Promise<void>;
  /** Whether the role may do to its own executions what a distributed map does. */
  mayRunChildren(action: "states:StartExecution" | "states:RedriveExecution", label: string): boolean;
  readonly clock: Clock;
  /** From 0 up to 1: for jitter. */
  readonly random: () => number;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** A clock that no wait takes time of: it jumps. */
export function newJumpingClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** History of one execution: a child of a distributed map has its own. */
export interface History {
  events: number;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: events of one execution */
const HISTORY_LIMIT_EVENTS = 25_000;

export interface ExecutionScope {
  readonly services: StateMachineServices;
  readonly journal: ExecutionJournal;
  /** Of this block, in the journal. */
  readonly path: string;
  /** Assigned in this block; inherits those of the blocks around it. */
  readonly variables: Record<string, unknown>;
  /** `$states.context`. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly history: History;
  /** The execution's ARN, without the name of a child. */
  readonly executionArn: string;
}

/** @throws StateError where the history is full, which no retrier or catcher helps against. */
export function countEvents({ history }: ExecutionScope, events: number): void {
  history.events += events;
  if (history.events > HISTORY_LIMIT_EVENTS)
    throw new StateError("States.Runtime", `The execution reached the maximum number of history events (${HISTORY_LIMIT_EVENTS}).`);
}

/** The value of an expression in a state, which sees `$states` with its input and, where there are, result and error. */
export function evaluateIn(
  { context, variables, services }: ExecutionScope,
  expression: Expression,
  states: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  return evaluate(expression, { states: { ...states, context }, variables: flatten(variables), now: services.clock.now() });
}

/** As {@link evaluateIn}; a number, or `otherwise` where nothing is said. */
export async function evaluateNumber(scope: ExecutionScope, expression: Expression, input: unknown, otherwise: number): Promise<number> {
  if (expression === undefined) return otherwise;
  const value = await evaluateIn(scope, expression, { input });
  if (typeof value === "number") return value;
  throw new StateError("States.QueryEvaluationError", `a number was expected, not ${JSON.stringify(value)}`);
}

/** Inherited variables are seen like own ones. */
function flatten(variables: Record<string, unknown>): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const name in variables) flat[name] = variables[name];
  return flat;
}
