import { escapeText } from "../../lib/text/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { codeWhenStopped } from "./signals.ts";

/** Long enough for a list of names and paths. */
export const MESSAGE_LIMIT_CHARACTERS = 4000;

let unwritten: Error | null = null;

/**
 * Keeps a closed or full stdout from ending the process in the middle. If the reader went away (`sealwatch … | head`), the work is done and
 * its exit code stays. Anything else that keeps output from being written is an error.
 */
export function surviveBrokenOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") unwritten ??= error;
  });
  // If stderr is closed, nobody can be told.
  process.stderr.on("error", () => undefined);
}

/** Sets the exit code and lets the process end by itself, so that no output is cut off. */
export async function exitWith(code: number): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  if (unwritten !== null && code !== 2) process.stderr.write(`sealwatch: write to standard output: ${unwritten.message}\n`);
  process.exitCode = unwritten === null ? code : 2;
}

/** Reports an error on stderr and returns the exit code: 2, or 130 (143) for a run that somebody stopped. A crash never returns 0. */
export function reportError(error: unknown): number {
  if (error instanceof SealwatchError && error.code !== "internal") {
    // Editors expect messages about a watch list to begin with its file and line.
    const prefix = error.code === "watch-list" ? "" : "sealwatch: ";
    const lines = error.message.split("\n").map((line) => escapeText(line, MESSAGE_LIMIT_CHARACTERS));
    process.stderr.write(`${prefix}${lines.join("\n")}\n`);
    return error.code === "aborted" ? codeWhenStopped() : 2;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`sealwatch: internal error: ${escapeText(message, MESSAGE_LIMIT_CHARACTERS)}\n`);
  if (process.env["SEALWATCH_DEBUG"] === "1" && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  else process.stderr.write("SEALWATCH_DEBUG=1 shows where\n");
  return 2;
}
