import { ExecutionJournal } from "./execution-journal.ts";
import type { StateMachineServices } from "./execution-scope.ts";
import { runStates } from "./run-states.ts";
import { limitStateData, StateError } from "./state-error.ts";
import { KNOWN_FIELDS, type StatesBlock } from "./state-machine-definition.ts";

/** A state machine as it is deployed. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: StatesBlock;
}

/** One execution, ended. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly status: "SUCCEEDED" | "FAILED";
  readonly output: unknown;
  /** Of a failed one: the error's name and cause. */
  readonly error: string | null;
  readonly cause: string | null;
  /** Of its own history, about: children of distributed maps have theirs. */
  readonly events: number;
  readonly redrives: number;
  readonly journal: ExecutionJournal;
}

/** Runs an execution to its end. It never rejects for what an execution can fail with. */
export function startExecution(machine: StateMachine, name: string, input: unknown, services: StateMachineServices): Promise<Execution> {
  return run(machine, name, input, services, new ExecutionJournal(), 0);
}

/**
 * Goes on where a failed execution failed: what succeeded, single iterations included, is not repeated.
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 * @throws Error for one that did not fail: Step Functions refuses that.
 */
export async function redriveExecution(machine: StateMachine, failed: Execution, services: StateMachineServices): Promise<Execution> {
  if (failed.status !== "FAILED") throw new Error(`redrive ${failed.name}: it is ${failed.status}`);
  return run(machine, failed.name, failed.input, services, failed.journal, failed.redrives + 1);
}

async function run(
  machine: StateMachine,
  name: string,
  input: unknown,
  services: StateMachineServices,
  journal: ExecutionJournal,
  redrives: number,
): Promise<Execution> {
  requireKnown(machine.definition);
  const arn = `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
  const startedAt = new Date(services.clock.now()).toISOString();
  const context = {
    Execution: { Id: arn, Name: name, Input: input, RoleArn: machine.roleArn, StartTime: startedAt, RedriveCount: redrives },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
  const history = { events: 2 };
  const scope = { services, journal, path: "", variables: {}, context, history, executionArn: arn };
  const told = { arn, name, input, redrives, journal };
  try {
    limitStateData("The input of the execution", input);
    const output = await runStates(machine.definition, input, scope);
    return { ...told, status: "SUCCEEDED", output, error: null, cause: null, events: history.events };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { ...told, status: "FAILED", output: null, error: error.error, cause: String(error.cause), events: history.events };
  }
}

/** What is not known here would be passed over: JSONPath, the language of a machine that says nothing, and fields without a meaning here. */
function requireKnown(block: StatesBlock, inherited = "JSONPath"): void {
  const language = block.QueryLanguage ?? inherited;
  for (const [name, state] of Object.entries(block.States)) {
    if ((state.QueryLanguage ?? language) !== "JSONata") throw new Error(`run state machine: the state ${name} is not in JSONata`);
    const unknown = Object.keys(state).find((field) => !KNOWN_FIELDS.has(field));
    if (unknown !== undefined) throw new Error(`run state machine: ${unknown} of the state ${name} is not supported`);
    for (const inner of [state.ItemProcessor, ...(state.Branches ?? [])]) if (inner) requireKnown(inner, language);
  }
}
