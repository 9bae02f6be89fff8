/** What a state fails with: a name that retriers and catchers match, and a cause for people. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly error: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

/** Errors that no wildcard means. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const BEYOND_WILDCARDS = new Set(["States.DataLimitExceeded", "States.Runtime"]);

export function matchError(patterns: readonly string[], error: string): boolean {
  if (patterns.includes(error)) return true;
  if (BEYOND_WILDCARDS.has(error)) return false;
  return patterns.includes("States.ALL") || (patterns.includes("States.TaskFailed") && error !== "States.Timeout");
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: input or output of a task, state or execution */
export const STATE_DATA_LIMIT_BYTES = 256 * 1024;

/** @throws StateError `States.DataLimitExceeded`. */
export function limitStateData(what: string, value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? "");
  if (bytes > STATE_DATA_LIMIT_BYTES) throw new StateError("States.DataLimitExceeded", `${what} has ${bytes} bytes`);
}
