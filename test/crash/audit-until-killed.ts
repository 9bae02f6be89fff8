import { spawn } from "node:child_process";
import { COMMAND } from "../bin/run-command.ts";

/** An audit is over after about so long here; a kill at any moment of it, its start included. */
const LONGEST_MILLISECONDS = 900;

/** Starts the command and kills it at a random moment. False where it came to its end before. */
export function auditUntilKilled(args: readonly string[], options: { cwd: string; env: Record<string, string> }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: options.cwd, ...options.env };
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: options.cwd, env, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * LONGEST_MILLISECONDS);
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === "SIGKILL");
    });
  });
}
