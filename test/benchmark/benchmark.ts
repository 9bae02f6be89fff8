import { fork, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";
import { measureCommand, type Measured } from "./measured-command.ts";
import type { Command, Counted, Started } from "./registry-child.ts";

const SEALWATCH = join(import.meta.dirname, "..", "..", "dist", "sealwatch.js");
const COSIGN = join(process.env["SEALWATCH_INTEROP_BIN"] ?? join(homedir(), ".cache", "sealwatch-interop"), "cosign");
const folder = mkdtempSync(join(tmpdir(), "sealwatch-benchmark-"));
let folders = 0;

/** A registry with so many releases, each signed with a key as `.sig`. */
interface Registry extends Started {
  readonly child: ChildProcess;
}

async function start(releases: number, api: "api" | "plain"): Promise<Registry> {
  const child = fork(join(import.meta.dirname, "registry-child.ts"), [String(releases), api]);
  const started = await new Promise<Started>((resolve) => child.once("message", (message) => resolve(message as Started)));
  return { child, ...started };
}

function ask(registry: Registry, command: Command): Promise<Counted> {
  return new Promise((resolve) => {
    registry.child.once("message", (message) => resolve(message as Counted));
    registry.child.send(command);
  });
}

/** A folder with a watch list for the registry: each has its own history. */
function prepare(registry: Registry): string {
  const place = join(folder, String(folders++));
  const list = `version: 1\npolicies: { release: { signers: [{ name: release, key: release.pub }] } }\nrepositories: [{ repository: ${registry.host}/app, policy: release }]\n`;
  mkdirSync(place);
  writeFileSync(join(place, "release.pub"), registry.pem);
  writeFileSync(join(place, "sealwatch.yaml"), list);
  return place;
}

interface Audited extends Measured {
  readonly counted: number;
  readonly document: AuditDocument;
}

async function audit(registry: Registry, place: string, now: string): Promise<Audited> {
  await ask(registry, { ask: "count" });
  const measured = await measureCommand(process.execPath, [
    SEALWATCH,
    "audit",
    "--json",
    "--now",
    now,
    "--config",
    join(place, "sealwatch.yaml"),
  ]);
  const { requests } = await ask(registry, { ask: "count" });
  const document = JSON.parse(measured.stdout) as AuditDocument;
  if (document.summary.signed !== document.summary.releases)
    throw new Error(`not every release came out signed: ${JSON.stringify(document.summary)}`);
  return { ...measured, counted: requests, document };
}

function row(name: string, { document, counted, wallMilliseconds, cpuMilliseconds }: Audited): string {
  const traffic = document.registries[0];
  const { releases } = document.summary;
  const same = traffic?.requests === counted ? "yes" : `no: ${traffic?.requests}`;
  return `| ${name} | ${(counted / releases).toFixed(3)} | ${same} | ${Math.round((traffic?.bytes ?? 0) / releases)} | ${(cpuMilliseconds / releases).toFixed(2)} | ${(wallMilliseconds / releases).toFixed(2)} |`;
}

async function measureNights(api: "api" | "plain"): Promise<string[]> {
  const registry = await start(1000, api);
  const place = prepare(registry);
  const label = api === "api" ? "with the referrers API" : "without the referrers API";
  const rows = [row(`first night, ${label}`, await audit(registry, place, "2026-11-01T02:00:00Z"))];
  rows.push(row(`unchanged night, ${label}`, await audit(registry, place, "2026-11-02T02:00:00Z")));
  await ask(registry, { ask: "push", version: 1000 });
  rows.push(row(`one new release, ${label}`, await audit(registry, place, "2026-11-03T02:00:00Z")));
  registry.child.kill();
  return rows;
}

/** The same releases, verified by cosign in one process: references go one by one there. */
async function comparePeers(latency: number): Promise<string> {
  const registry = await start(200, "plain");
  await ask(registry, { ask: "latency", milliseconds: latency });
  const place = prepare(registry);
  const ours = await audit(registry, place, "2026-11-01T02:00:00Z");
  const name = latency === 0 ? "loopback" : `${latency} ms latency`;
  if (!existsSync(COSIGN)) {
    registry.child.kill();
    return `| ${name} | ${(ours.wallMilliseconds / 200).toFixed(2)} | cosign is not installed | |`;
  }
  const references = Array.from({ length: 200 }, (_, version) => `${registry.host}/app:1.0.${version}`);
  const words = ["verify", "--key", join(place, "release.pub"), "--insecure-ignore-tlog=true", "--allow-http-registry", ...references];
  const theirs = await measureCommand(COSIGN, words);
  registry.child.kill();
  if (theirs.exitCode !== 0) throw new Error(`cosign ended with ${theirs.exitCode}`);
  const ratio = theirs.wallMilliseconds / ours.wallMilliseconds;
  return `| ${name} | ${(ours.wallMilliseconds / 200).toFixed(2)} | ${(theirs.wallMilliseconds / 200).toFixed(2)} | ${ratio.toFixed(1)} |`;
}

const say = (...lines: string[]): void => lines.forEach((line) => process.stdout.write(`${line}\n`));
try {
  say(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"})`, "");
  say("1,000 releases signed by key as `.sig`; the registry, in its own process, counts.", "");
  say(
    "| night | requests a release | audit counts the same | bytes a release | CPU ms a release | wall ms a release |",
    "|---|---|---|---|---|---|",
  );
  say(...(await measureNights("plain")), ...(await measureNights("api")), "");
  say("200 releases, first night, whole process; cosign 2.6.5 verifies all references in one process.", "");
  say("| network | Sealwatch ms a release | cosign ms a release | ratio |", "|---|---|---|---|");
  say(await comparePeers(0), await comparePeers(30));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
