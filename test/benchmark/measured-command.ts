import { spawn } from "node:child_process";

export interface Measured {
  readonly stdout: string;
  readonly wallMilliseconds: number;
  /** User and system time of the command and what it started. */
  readonly cpuMilliseconds: number;
  readonly exitCode: number;
}

/** Runs a command and measures it from outside, as its user would feel it: start-up included. */
export async function measureCommand(
  command: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Measured> {
  const started = performance.now();
  // `times` of the shell says what its children used, on its last line.
  const child = spawn("bash", ["-c", '"$0" "$@"; code=$?; times >&2; exit $code', command, ...words], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = [readAll(child.stdout), readAll(child.stderr)];
  const exitCode = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
  const wallMilliseconds = performance.now() - started;
  const lastLine = (await stderr).trim().split("\n").at(-1) ?? "";
  const cpuMilliseconds = [...lastLine.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
    0,
  );
  return { stdout: await stdout, wallMilliseconds, cpuMilliseconds, exitCode };
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
