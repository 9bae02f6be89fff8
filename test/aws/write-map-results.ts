import { evaluateIn, type ExecutionScope } from "./execution-scope.ts";
import { StateError } from "./state-error.ts";
import type { State } from "./state-machine-definition.ts";

/** What became of one child of a distributed map. */
export interface ChildResult {
  readonly executionArn: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: StateError | null;
}

/**
 * Writes what became of the children where the map's writer says, and gives what stands for the result then; null without a writer.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export async function writeMapResults(
  { ResultWriter }: State,
  input: unknown,
  scope: ExecutionScope,
  label: string,
  results: readonly ChildResult[],
): Promise<unknown> {
  if (ResultWriter?.Resource === undefined) return null;
  const { Bucket, Prefix = "" } = (await evaluateIn(scope, ResultWriter.Arguments, { input })) as { Bucket: string; Prefix?: string };
  const transformation = ResultWriter.WriterConfig?.Transformation ?? "NONE";
  const mapRunArn = `${scope.executionArn.replace(":execution:", ":mapRun:").replace(/:([^:]+)$/, "")}/${label}:${scope.executionArn.split(":").at(-1)}`;
  const folder = [Prefix.replace(/\/$/, ""), encodeURIComponent(scope.path)].filter(Boolean).join("/");
  const write = async (name: string, records: readonly unknown[]): Promise<{ Key: string; Size: number }[]> => {
    if (records.length === 0) return [];
    const isLines = ResultWriter.WriterConfig?.OutputType === "JSONL";
    const body = isLines ? records.map((record) => `${JSON.stringify(record)}\n`).join("") : JSON.stringify(records);
    const key = `${folder}/${name}_0.json${isLines ? "l" : ""}`;
    await scope.services.writeObject(Bucket, key, body);
    return [{ Key: key, Size: Buffer.byteLength(body) }];
  };
  const describe = (result: ChildResult): unknown => (transformation === "NONE" ? formatRecord(result) : result.output);
  try {
    const succeeded = results
      .filter(({ error }) => error === null)
      .flatMap((result) => (transformation === "FLATTEN" ? [describe(result)].flat() : [describe(result)]));
    const failed = results.filter(({ error }) => error !== null).map(formatRecord);
    const ResultFiles = { FAILED: await write("FAILED", failed), PENDING: [], SUCCEEDED: await write("SUCCEEDED", succeeded) };
    const Key = `${folder}/manifest.json`;
    await scope.services.writeObject(Bucket, Key, JSON.stringify({ DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles }));
    return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket, Key } };
  } catch (error) {
    throw new StateError("States.ResultWriterFailed", error instanceof Error ? error.message : String(error));
  }
}

function formatRecord({ executionArn, input, output, error }: ChildResult): Record<string, unknown> {
  return {
    ExecutionArn: executionArn,
    Name: executionArn.split(":").at(-1),
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    ...(error === null
      ? { Output: JSON.stringify(output), OutputDetails: { Included: true }, Status: "SUCCEEDED" }
      : { Error: error.error, Cause: error.cause, Status: "FAILED" }),
  };
}
