import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A registry that others wrote, and whether it answers the referrers API. */
export interface RegistryKind {
  readonly name: string;
  readonly referrersApi: boolean;
  /** The command line for a port and an empty folder of its own. */
  command(port: number, folder: string): readonly [program: string, ...args: string[]];
}

export interface RegistryProcess {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly origin: string;
  /** Ends the process; its folder stays for {@link start} with the same folder, or goes with `remove`. */
  stop(): Promise<void>;
}

const BIN = process.env["SEALWATCH_INTEROP_BIN"] ?? join(homedir(), ".cache", "sealwatch-interop");
const START_LIMIT_MILLISECONDS = 20_000;

function olareg(port: number, folder: string, ...more: string[]): readonly [string, ...string[]] {
  return [join(BIN, "olareg"), "serve", "--addr", "127.0.0.1", "--port", String(port), "--dir", folder, ...more];
}

/** Docker's distribution, of both generations, reads the same configuration. */
function distribution(program: string, port: number, folder: string): readonly [string, ...string[]] {
  const configuration = join(folder, "config.yml");
  writeFileSync(
    configuration,
    JSON.stringify({
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "storage") } },
      http: { addr: `127.0.0.1:${port}` },
    }),
  );
  return [program, "serve", configuration];
}

export const REGISTRIES: readonly RegistryKind[] = [
  { name: "olareg 0.1.2", referrersApi: true, command: (port, folder) => olareg(port, folder) },
  {
    name: "olareg 0.1.2 without referrers API",
    referrersApi: false,
    command: (port, folder) => olareg(port, folder, "--api-referrer=false"),
  },
  { name: "distribution 3.1.2", referrersApi: false, command: (port, folder) => distribution(join(BIN, "registry"), port, folder) },
  { name: "docker-registry 2.8 of Debian", referrersApi: false, command: (port, folder) => distribution("docker-registry", port, folder) },
];

/** Answers 429 to whoever asks more than `perSecond` times a second. */
export function throttlingRegistry(perSecond: number): RegistryKind {
  const command: RegistryKind["command"] = (port, folder) => olareg(port, folder, "--rate-limit", String(perSecond));
  return { name: `olareg 0.1.2 with ${perSecond} requests a second`, referrersApi: true, command };
}

/** Makes an empty folder, and says how to remove it. */
export function makeFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "sealwatch-interop-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts a registry on a free loopback port over `folder`, and waits until it answers. */
export async function startRegistry(kind: RegistryKind, folder: string): Promise<RegistryProcess> {
  const port = await findFreePort();
  const [program, ...args] = kind.command(port, folder);
  if (program.startsWith("/") && !existsSync(program)) throw new Error(`${program} is not there: run test/interop/install-registries.sh`);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, OTEL_TRACES_EXPORTER: "none" } });
  const ending: { said: string; ended: boolean } = { said: "", ended: false };
  child.stderr.on("data", (chunk: Buffer) => (ending.said = (ending.said + chunk.toString()).slice(-2000)));
  child.once("error", (error) => (ending.said += error.message));
  child.once("close", () => (ending.ended = true));
  const origin = `http://127.0.0.1:${port}`;
  for (let waited = 0; !(await answers(origin)); waited += 100) {
    if (ending.ended || waited > START_LIMIT_MILLISECONDS) {
      child.kill("SIGKILL");
      throw new Error(`${kind.name} did not start (test/interop/install-registries.sh installs it): ${ending.said}`);
    }
    await wait(100);
  }
  return { host: `127.0.0.1:${port}`, origin, stop: () => stop(child) };
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

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
