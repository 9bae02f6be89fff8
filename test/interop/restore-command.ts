import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { BIN, type Login } from "./registry-kinds.ts";

const run = promisify(execFile);

/** Runs `sealwatch restore`, and returns what it prints. */
export async function runRestore(config: string, id: string, output: string): Promise<string> {
  const { stdout } = await run(process.execPath, [resolve("dist/sealwatch.js"), "restore", id, "--output", output, "--config", config]);
  return stdout;
}

/** Runs a printed `crane` command in a shell, as somebody who has logged in. */
export async function runCrane(command: string, host: string, login: Login | undefined, folder: string): Promise<void> {
  const docker = join(folder, "docker");
  mkdirSync(docker, { recursive: true });
  const auth = Buffer.from(`${login?.user}:${login?.password}`).toString("base64");
  writeFileSync(join(docker, "config.json"), JSON.stringify(login === undefined ? {} : { auths: { [host]: { auth } } }));
  await run("sh", ["-c", command], { env: { ...process.env, DOCKER_CONFIG: docker, PATH: `${BIN}:${process.env["PATH"]}` } });
}
