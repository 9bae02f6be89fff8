import { createHash, randomUUID } from "node:crypto";
import jsonata from "jsonata";
import { StateError } from "./state-error.ts";
import type { Expression } from "./state-machine-definition.ts";

/** What an expression can see: `$states` and the variables. */
export interface Bindings {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds of the execution's clock. */
  readonly now: number;
}

const compiled = new Map<string, jsonata.Expression>();

/**
 * The value of an expression, or of JSON with expressions in it.
 * @throws StateError `States.QueryEvaluationError` for one that fails or has no value: Step Functions takes neither.
 */
export async function evaluate(expression: Expression, bindings: Bindings): Promise<unknown> {
  if (typeof expression === "string") {
    const source = /^\{%([\s\S]*)%\}$/.exec(expression.trim())?.[1];
    return source === undefined ? expression : evaluateSource(source, bindings);
  }
  if (Array.isArray(expression)) return Promise.all(expression.map((item) => evaluate(item, bindings)));
  if (typeof expression !== "object" || expression === null) return expression;
  const entries = Object.entries(expression).map(async ([name, value]) => [name, await evaluate(value, bindings)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function evaluateSource(source: string, { states, variables, now }: Bindings): Promise<unknown> {
  try {
    const expression = compiled.get(source) ?? jsonata(source);
    compiled.set(source, expression);
    const value: unknown = await expression.evaluate(undefined, { ...variables, states, ...addedFunctions(now) });
    // Sequences of JSONata are arrays with more to them; what leaves a state is JSON.
    const json = JSON.stringify(value);
    if (json === undefined) throw new Error("it has no value");
    return JSON.parse(json);
  } catch (error) {
    const message = (error as { readonly message?: string }).message ?? "unknown";
    throw new StateError("States.QueryEvaluationError", `The JSONata expression '${source.trim()}' failed: ${message}`);
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn */
function addedFunctions(now: number): Record<string, unknown> {
  return {
    now: () => new Date(now).toISOString(),
    millis: () => now,
    uuid: () => randomUUID(),
    parse: (text: string) => JSON.parse(text) as unknown,
    hash: (text: string, algorithm: string) => createHash(algorithm.replace("-", "").toLowerCase()).update(text).digest("hex"),
    range: (from: number, to: number, step: number) =>
      Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step),
    partition: (list: unknown[], size: number) =>
      Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size)),
    eval: () => {
      throw new Error("$eval is not supported");
    },
  };
}
