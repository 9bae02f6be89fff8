import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The part of `audit --json` that these tests read. */
export interface AuditDocument {
  run: { baseline: boolean; complete: boolean };
  releases: {
    tag: string;
    digest: string;
    verdict: string;
    reason: string | null;
    signers: { signer: string; place: string }[];
  }[];
  findings: { id: string; cause: string; tag: string | null }[];
  registries: { host: string; requests: number; throttled: number }[];
}

/** What is audited: one repository under a policy of one key. */
export interface AuditSubject {
  readonly host: string;
  readonly repository: string;
  /** COSIGN_REPOSITORY on the same host, or null. */
  readonly signatureRepository: string | null;
  readonly key: string;
}

const COMMAND = resolve("dist/sealwatch.js");

/** Writes the watch list into `folder`, beside which the history will lie. */
export function writeWatchList(folder: string, subject: AuditSubject): string {
  const path = join(folder, "sealwatch.yaml");
  const signatures = subject.signatureRepository === null ? {} : { signatureRepository: `${subject.host}/${subject.signatureRepository}` };
  const watchList = {
    version: 1,
    policies: { fixtures: { signers: [{ name: "release-key", key: resolve(subject.key) }] } },
    repositories: [{ repository: `${subject.host}/${subject.repository}`, policy: "fixtures", ...signatures }],
    registries: { [subject.host]: { credentials: "anonymous" } },
  };
  // JSON is YAML: nothing here depends on how the two quote.
  writeFileSync(path, JSON.stringify(watchList, null, 2));
  return path;
}

/** Runs the built command as people do, and gives its document and exit code. Throws where it wrote no document. */
export async function runAudit(config: string, now: string): Promise<{ document: AuditDocument; exitCode: number | null }> {
  if (!existsSync(COMMAND)) throw new Error("dist/sealwatch.js is not there: run npm ci");
  const child = spawn(process.execPath, [COMMAND, "audit", "--json", "--config", config, "--now", now], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const exitCode = await new Promise<number | null>((ended) => child.once("close", ended));
  if (stdout === "") throw new Error(`sealwatch audit wrote no document, exit code ${exitCode}: ${stderr}`);
  return { document: JSON.parse(stdout) as AuditDocument, exitCode };
}
