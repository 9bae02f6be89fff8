import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** As it is packed. `build-command.ts` builds it before the first test. */
export const COMMAND = join(import.meta.dirname, "..", "..", "dist", "sealwatch.js");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  cwd: string;
  env?: Record<string, string>;
}

/** Runs the command as a shell would, with nothing of the environment that it listens to but what is given. */
export function runCommand(args: readonly string[], options: Surroundings): Promise<Outcome> {
  return startCommand(args, options).outcome;
}

/** The same for a command that is not left alone. */
export function startCommand(args: readonly string[], options: Surroundings): { child: ChildProcess; outcome: Promise<Outcome> } {
  const env = { PATH: process.env["PATH"] ?? "", HOME: options.cwd, ...options.env };
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, outcome };
}
