import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Login } from "./registry-kinds.ts";

/** The part of `audit --json` that these tests read. */
export interface AuditDocument {
  run: { baseline: boolean; complete: boolean };
  releases: {
    tag: string;
    digest: string;
    verdict: string;
    reason: string | null;
    explanation: string;
    signers: { signer: string; place: string }[];
  }[];
  findings: { id: string; cause: string; tag: string | null; status: string }[];
  repositories: { repository: string; tags: number | null; failure: string | null }[];
  registries: { host: string; requests: number; throttled: number }[];
}

/** What is audited: one repository under a policy of one key. */
export interface AuditSubject {
  readonly host: string;
  readonly repository: string;
  /** COSIGN_REPOSITORY on the same host, or null. */
  readonly signatureRepository?: string | null;
  /** The path of a public key. */
  readonly key: string;
  readonly login: Login | undefined;
  /** Further settings of the registry. */
  readonly registry?: object;
}

const COMMAND = resolve("dist/sealwatch.js");

/** Writes the watch list into `folder`, beside which the history will lie. */
export function writeWatchList(folder: string, subject: AuditSubject): string {
  const { host, repository, signatureRepository = null, key, login, registry } = subject;
  const path = join(folder, "sealwatch.yaml");
  const signatures = signatureRepository === null ? {} : { signatureRepository: `${host}/${signatureRepository}` };
  const credentials = login === undefined ? "anonymous" : "env:REGISTRY_USER,REGISTRY_PASSWORD";
  const watchList = {
    version: 1,
    policies: { fixtures: { signers: [{ name: "release-key", key: resolve(key) }] } },
    repositories: [{ repository: `${host}/${repository}`, policy: "fixtures", ...signatures }],
    registries: { [host]: { credentials, ...registry } },
  };
  // JSON is YAML: nothing here depends on how the two quote.
  writeFileSync(path, JSON.stringify(watchList, null, 2));
  return path;
}

/** Runs the built command as people do, and gives its document and exit code. Throws where it wrote no document. */
export async function runAudit(
  config: string,
  now: string,
  login: Login | undefined,
): Promise<{ document: AuditDocument; exitCode: number | null }> {
  if (!existsSync(COMMAND)) throw new Error("dist/sealwatch.js is not there: run npm ci");
  const child = spawn(process.execPath, [COMMAND, "audit", "--json", "--config", config, "--now", now], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, REGISTRY_USER: login?.user, REGISTRY_PASSWORD: login?.password },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const exitCode = await new Promise<number | null>((ended) => child.once("close", ended));
  if (stdout === "") throw new Error(`sealwatch audit wrote no document, exit code ${exitCode}: ${stderr}`);
  return { document: JSON.parse(stdout) as AuditDocument, exitCode };
}
