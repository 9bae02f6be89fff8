import { escapeText } from "../../lib/text/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { codeWhenStopped } from "./signals.ts";

/** Long enough for a list of names and paths. */
export const MESSAGE_LIMIT_CHARACTERS = 4000;

let unwritten: Error | null = null;

/**
 * Without this a closed or full stdout ends the process in the middle. A reader that went away (`sealwatch … | head`) is no error:
 * the work is done and its exit code stays. Anything else that keeps output from being written is one.
 */
export function surviveBrokenOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") unwritten ??= error;
  });
  // Where nobody hears diagnostics there is nobody to tell.
  process.stderr.on("error", () => undefined);
}

/** Sets the exit code and lets the process end by itself, so that nothing that was written is cut off. */
export async function exitWith(code: number): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  if (unwritten !== null && code !== 2) process.stderr.write(`sealwatch: write to standard output: ${unwritten.message}\n`);
  process.exitCode = unwritten === null ? code : 2;
}

/** Says on stderr what went wrong and answers with the exit code: 2, or 130 (143) for a run that somebody stopped. A crash is never 0. */
export function reportError(error: unknown): number {
  if (error instanceof SealwatchError && error.code !== "internal") {
    // What is said about a watch list begins with its file and line, as editors expect it.
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
