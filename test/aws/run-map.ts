import { countEvents, evaluateNumber, type ExecutionScope } from "./execution-scope.ts";
import { readMapItems, withItem } from "./read-map-items.ts";
import { limitStateData, StateError } from "./state-error.ts";
import type { State, StatesBlock } from "./state-machine-definition.ts";
import { writeMapResults, type ChildResult } from "./write-map-results.ts";

type RunBlock = (block: StatesBlock, input: unknown, scope: ExecutionScope) => Promise<unknown>;

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html, …/state-map-distributed.html */
const INLINE_SIDE_BY_SIDE = 40;
const DISTRIBUTED_SIDE_BY_SIDE = 10_000;

/**
 * Runs one iteration an item. Inline, the first failure is the map's, and no further iteration starts; distributed, each iteration is an
 * execution of its own, and failures are the map's only once they are more than it tolerates.
 */
export async function runMap(state: State, input: unknown, scope: ExecutionScope, runBlock: RunBlock): Promise<unknown> {
  const isDistributed = state.ItemProcessor?.ProcessorConfig?.Mode === "DISTRIBUTED";
  const begun = scope.journal.recallItems(scope.path);
  const label = state.Label ?? /\/([^/#]+)#\d+$/.exec(scope.path)![1]!;
  if (isDistributed) askForChildren(scope, label, begun !== undefined);
  const items = begun ?? (await readMapItems(state, input, scope));
  scope.journal.recordItems(scope.path, items);

  const asked = await evaluateNumber(scope, state.MaxConcurrency, input, 0);
  const most = isDistributed ? DISTRIBUTED_SIDE_BY_SIDE : INLINE_SIDE_BY_SIDE;
  const sideBySide = Math.min(asked === 0 ? most : asked, most);
  const tolerance = isDistributed ? await readTolerance(state, input, scope, items.length) : 0;
  const results: ChildResult[] = [];
  let failures = 0;
  await workOff(items, sideBySide, async (item, index) => {
    if (failures > tolerance) return;
    const child = isDistributed ? newChildScope(scope, label, item, index) : newIterationScope(scope, item, index);
    results[index] = await runIteration(state, item, child, runBlock);
    if (results[index].error === null) return;
    failures++;
    if (state.ItemProcessor?.ProcessorConfig?.ExecutionType === "EXPRESS") scope.journal.forgetUnder(child.path);
  });

  const finished = results.filter((result) => result !== undefined);
  const failed = finished.find(({ error }) => error !== null)?.error ?? null;
  if (!isDistributed && failed !== null) throw failed;
  const written = isDistributed ? await writeMapResults(state, input, scope, label, finished) : null;
  if (failed !== null && failures > tolerance)
    throw new StateError(
      "States.ExceedToleratedFailureThreshold",
      `${failures} of ${items.length} failed, the first with ${failed.message}`,
    );
  if (written !== null) return written;
  const outputs = finished.filter(({ error }) => error === null).map(({ output }) => output);
  limitStateData("The result of the map", outputs);
  return outputs;
}

function askForChildren({ services }: ExecutionScope, label: string, isRedrive: boolean): void {
  const action = isRedrive ? "states:RedriveExecution" : "states:StartExecution";
  if (!services.mayRunChildren(action, label))
    throw new StateError("States.Permissions", `${action} is not allowed, which the map ${label} needs`);
}

async function readTolerance(state: State, input: unknown, scope: ExecutionScope, items: number): Promise<number> {
  const percentage = await evaluateNumber(scope, state.ToleratedFailurePercentage, input, 0);
  const count = await evaluateNumber(scope, state.ToleratedFailureCount, input, 0);
  if (state.ToleratedFailurePercentage !== undefined && state.ToleratedFailureCount !== undefined)
    return Math.min(count, (items * percentage) / 100);
  return Math.max(count, (items * percentage) / 100);
}

function newIterationScope(scope: ExecutionScope, item: unknown, index: number): ExecutionScope {
  const variables = Object.create(scope.variables) as Record<string, unknown>;
  return { ...withItem(scope, item, index), path: `${scope.path}[${index}]`, variables };
}

/** A child sees neither the variables nor the history of the execution that started it. */
function newChildScope(scope: ExecutionScope, label: string, item: unknown, index: number): ExecutionScope {
  const path = `${scope.path}[${index}]`;
  const name = path.replaceAll(/\W+/g, "-").replace(/^-|-$/g, "");
  const executionArn = `${scope.executionArn.replace(/:[^:]+$/, "")}/${label}:${name}`;
  const Execution = { ...(scope.context["Execution"] as object), Id: executionArn, Name: name, Input: item };
  return { ...scope, path, variables: {}, history: { events: 2 }, context: { ...scope.context, Execution }, executionArn };
}

async function runIteration(state: State, item: unknown, scope: ExecutionScope, runBlock: RunBlock): Promise<ChildResult> {
  const told = { executionArn: scope.executionArn, input: item };
  try {
    countEvents(scope, 2);
    limitStateData("The input of an iteration", item);
    return { ...told, output: await runBlock(state.ItemProcessor!, item, scope), error: null };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { ...told, output: null, error };
  }
}

async function workOff<T>(items: readonly T[], sideBySide: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(sideBySide, items.length) }, worker));
}
