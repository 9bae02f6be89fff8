import { spawn } from "node:child_process";
import { join } from "node:path";

export const COMMAND = join(import.meta.dirname, "..", "..", "bin", "sealwatch.ts");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a shell would, with nothing of the environment that it listens to but what is given. */
export function runCommand(args: readonly string[], options: { cwd: string; env?: Record<string, string> }): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: options.cwd, ...options.env };
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
