import { evaluateIn, evaluateNumber, type ExecutionScope } from "./execution-scope.ts";
import { StateError, STATE_DATA_LIMIT_BYTES } from "./state-error.ts";
import type { State } from "./state-machine-definition.ts";

/** The inputs of a map's iterations: its items, read, selected and batched. */
export async function readMapItems(state: State, input: unknown, scope: ExecutionScope): Promise<unknown[]> {
  const items = state.ItemReader === undefined ? await listItems(state, input, scope) : await fetchItems(state, input, scope);
  const selected =
    state.ItemSelector === undefined
      ? items
      : await Promise.all(items.map((item, index) => evaluateIn(withItem(scope, item, index), state.ItemSelector, { input })));
  return state.ItemBatcher === undefined ? selected : batchItems(state.ItemBatcher, selected, input, scope);
}

/** The scope in which `$states.context.Map.Item` is that item. */
export function withItem(scope: ExecutionScope, value: unknown, index: number): ExecutionScope {
  return { ...scope, context: { ...scope.context, Map: { Item: { Index: index, Value: value } } } };
}

async function listItems(state: State, input: unknown, scope: ExecutionScope): Promise<unknown[]> {
  const items = state.Items === undefined ? input : await evaluateIn(scope, state.Items, { input });
  if (!Array.isArray(items)) throw new StateError("States.QueryEvaluationError", "the items of the map are no array");
  return items;
}

async function fetchItems({ ItemReader }: State, input: unknown, scope: ExecutionScope): Promise<unknown[]> {
  const { Resource, ReaderConfig = {}, Arguments } = ItemReader!;
  if (!Resource.endsWith(":s3:getObject")) throw new Error(`run map: the item reader ${Resource} is not supported`);
  const { Bucket, Key } = (await evaluateIn(scope, Arguments, { input })) as { readonly Bucket: string; readonly Key: string };
  const limit = await evaluateNumber(scope, ReaderConfig.MaxItems, input, Infinity);
  try {
    const text = await scope.services.readObject(Bucket, Key);
    return parseItems(text, ReaderConfig.InputType).slice(0, limit);
  } catch (error) {
    throw new StateError("States.ItemReaderFailed", `${Bucket}/${Key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseItems(text: string, inputType = "JSON"): unknown[] {
  switch (inputType) {
    case "JSONL":
      return text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => JSON.parse(line) as unknown);
    case "JSON": {
      const items: unknown = JSON.parse(text);
      if (!Array.isArray(items)) throw new Error("it holds no array");
      return items;
    }
    default:
      throw new Error(`items as ${inputType} are not supported`);
  }
}

async function batchItems(
  batcher: NonNullable<State["ItemBatcher"]>,
  items: readonly unknown[],
  input: unknown,
  scope: ExecutionScope,
): Promise<unknown[]> {
  const most = await evaluateNumber(scope, batcher.MaxItemsPerBatch, input, Infinity);
  const mostBytes = Math.min(await evaluateNumber(scope, batcher.MaxInputBytesPerBatch, input, Infinity), STATE_DATA_LIMIT_BYTES);
  const shared = batcher.BatchInput === undefined ? {} : { BatchInput: await evaluateIn(scope, batcher.BatchInput, { input }) };
  const sharedBytes = Buffer.byteLength(JSON.stringify({ ...shared, Items: [] }));
  const batches: unknown[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const added = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + added > mostBytes || batches.at(-1)!.length >= most) {
      batches.push([]);
      bytes = sharedBytes;
    }
    batches.at(-1)!.push(item);
    bytes += added;
  }
  return batches.map((batch) => ({ ...shared, Items: batch }));
}
