import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { Command, RegistryKind } from "./registry-kinds.ts";

export interface RegistryProcess {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly origin: string;
  /** Ends it; its folder stays for {@link startRegistry} with the same folder. */
  stop(): Promise<void>;
}

const START_LIMIT_MILLISECONDS = 20_000;
/** A script makes a database first, on a machine that may have other work. */
export const SCRIPT_LIMIT_MILLISECONDS = 900_000;
/** Ports that a registry with a database of its own takes, from the first one on. */
const PORTS_IN_A_ROW = 5;

/** Makes an empty folder, and says how to remove it. */
export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "sealwatch-interop-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts a registry on a free loopback port over `folder`, and waits until it answers. */
export async function startRegistry(kind: RegistryKind, folder: string, port?: number): Promise<RegistryProcess> {
  const own = port ?? (await findFreePort(kind.stop === undefined ? 1 : PORTS_IN_A_ROW));
  const host = `127.0.0.1:${own}`;
  const command = kind.command(own, folder);
  const missing = command.find((part) => part.startsWith("/") && part !== folder && !existsSync(part));
  if (missing !== undefined) throw new Error(`${missing} is not there: run test/interop/install-registries.sh`);
  const { stop: end } = kind;
  if (end === undefined) return { host, origin: `http://${host}`, stop: await startProgram(kind.name, command, `http://${host}`) };
  await run(command);
  return { host, origin: `http://${host}`, stop: () => run(end(folder)) };
}

async function run([program, ...args]: Command): Promise<void> {
  await promisify(execFile)(program, args, { timeout: SCRIPT_LIMIT_MILLISECONDS });
}

async function startProgram(name: string, [program, ...args]: Command, origin: string): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, OTEL_TRACES_EXPORTER: "none" } });
  const ending: { said: string; ended: boolean } = { said: "", ended: false };
  child.stderr.on("data", (chunk: Buffer) => (ending.said = (ending.said + chunk.toString()).slice(-2000)));
  child.once("error", (error) => (ending.said += error.message));
  child.once("close", () => (ending.ended = true));
  for (let waited = 0; !(await answers(origin)); waited += 100) {
    if (ending.ended || waited > START_LIMIT_MILLISECONDS) {
      child.kill("SIGKILL");
      throw new Error(`${name} did not start (test/interop/install-registries.sh installs it): ${ending.said}`);
    }
    await wait(100);
  }
  return () => stop(child);
}

async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/v2/`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Refused: it does not listen yet.
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(impatient);
}

/** Below the ports that outgoing connections take: of several in a row, one might be taken before the registry listens. */
const LOW_PORTS = { first: 20_000, count: 10_000 } as const;

/** Finds a free port with so many free ports in a row. */
async function findFreePort(inARow: number): Promise<number> {
  for (;;) {
    const low = LOW_PORTS.first + Math.floor(Math.random() * LOW_PORTS.count);
    const first = await tryPort(inARow === 1 ? 0 : low);
    if (first === null) continue;
    const rest = await Promise.all(Array.from({ length: inARow - 1 }, (_, at) => tryPort(first + at + 1)));
    if (rest.every((port) => port !== null)) return first;
  }
}

async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!listens) return null;
  const found = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
  return found;
}
