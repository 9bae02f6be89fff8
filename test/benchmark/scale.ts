import { fork } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditFolder, historyOf, type MeasuredNight } from "./audit-command.ts";
import type { Started } from "./registry-child.ts";

/**
 * One large repository: requests, bytes, wall time, peak memory and the size of the history, for a first night, an unchanged one and
 * unchanged ones that recheck in turns. Arguments: releases (20,000), tags (100,000), api or plain.
 */
const [releases, tags] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 100_000)];
const PEAK_LIMIT_MIB = 256;

function prepare(folder: string, name: string, { host, pem }: Started, recheck: string): string {
  const place = join(folder, name);
  mkdirSync(join(place, ".sealwatch"), { recursive: true });
  writeFileSync(join(place, "release.pub"), pem);
  const policies = "policies: { release: { signers: [{ name: release, key: release.pub }] } }";
  const repository = `{ repository: ${host}/app, policy: release, recheck: ${recheck} }`;
  writeFileSync(join(place, "sealwatch.yaml"), `version: 1\n${policies}\nrepositories: [${repository}]\n`);
  return place;
}

let failed = false;

function report(name: string, { document, wallSeconds, peakMebibytes, databaseMebibytes }: MeasuredNight): void {
  const { summary, registries } = document;
  if (summary.signed !== releases) throw new Error(`not every release came out signed: ${JSON.stringify(summary)}`);
  failed ||= peakMebibytes > PEAK_LIMIT_MIB;
  const [requests, bytes] = [registries[0]?.requests ?? 0, registries[0]?.bytes ?? 0].map((count) => count / releases);
  const cells = [
    name,
    requests!.toFixed(3),
    bytes!.toFixed(0),
    wallSeconds.toFixed(1),
    peakMebibytes.toFixed(0),
    databaseMebibytes.toFixed(1),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}

const folder = mkdtempSync(join(tmpdir(), "sealwatch-scale-"));
const others = Math.max(0, tags - 2 * releases);
const registry = fork(join(import.meta.dirname, "registry-child.ts"), [String(releases), process.argv[4] ?? "plain", String(others)]);
try {
  const started = await new Promise<Started>((resolve) => registry.once("message", (message) => resolve(message as Started)));
  process.stdout.write(`${releases} releases signed by key as \`.sig\`, ${2 * releases + others} tags, Node ${process.version}\n\n`);
  process.stdout.write("| night | requests a release | bytes a release | wall s | peak MiB | history MiB |\n|---|---|---|---|---|---|\n");
  const nightly = prepare(folder, "nightly", started, "nightly");
  report("first", await auditFolder(nightly, 1));
  const rolling = prepare(folder, "rolling", started, "{ rolling: 14 }");
  copyFileSync(historyOf(nightly), historyOf(rolling));
  report("unchanged", await auditFolder(nightly, 2));
  report("unchanged, rolling 14", await auditFolder(rolling, 2));
  report("unchanged, rolling 14, the night after", await auditFolder(rolling, 3));
} finally {
  registry.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
