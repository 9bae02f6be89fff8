import type { ConclusionPhase } from "../../lib/audit/conclude/conclude-in-calls.ts";
import { isJsonObject } from "../../lib/oci/parse-json.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** The part of Lambda's context that is about time. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface TimeLimit {
  getRemainingTimeInMillis(): number;
}

/** Returns the text of a field. Like the other readers, it throws SealwatchError `usage` if the field is missing or of another type. */
export function readText(event: unknown, field: string): string {
  const value = fieldOf(event, field);
  if (typeof value !== "string" || value === "") throw refuse(field, "a text");
  return value;
}

/** Returns the text of a field, or null if it is missing. */
export function readOptionalText(event: unknown, field: string): string | null {
  return fieldOf(event, field) === null ? null : readText(event, field);
}

/** Returns a list of texts, or null if the field is missing. */
export function readTexts(event: unknown, field: string): readonly string[] | null {
  const value = fieldOf(event, field);
  if (value === null) return null;
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) throw refuse(field, "a list of texts");
  return value;
}

const PHASES: readonly string[] = ["first", "last", "late"] satisfies ConclusionPhase[];

/** Returns the phase of a conclusion. */
export function readPhase(event: unknown): ConclusionPhase {
  const phase = readText(event, "phase");
  if (!PHASES.includes(phase)) throw refuse("phase", `one of ${PHASES.join(", ")}`);
  return phase as ConclusionPhase;
}

/** Returns a whole number from 0. */
export function readNumber(event: unknown, field: string): number {
  const value = fieldOf(event, field);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw refuse(field, "a number");
  return value;
}

/** Returns an ISO time, such as the Scheduler's, in epoch milliseconds. */
export function readTime(event: unknown, field: string): number {
  const time = Date.parse(readText(event, field));
  if (Number.isNaN(time)) throw refuse(field, "an ISO time");
  return time;
}

function fieldOf(event: unknown, field: string): unknown {
  return (isJsonObject(event) ? event[field] : undefined) ?? null;
}

function refuse(field: string, expected: string): SealwatchError {
  return new SealwatchError("usage", `read the event: ${field} is not ${expected}`);
}
