import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startStory, writeWatchList, type Story } from "../../bin/demo/story.ts";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";
import { makeDirectory } from "./make-directory.ts";
import { COMMAND, runCommand, type Outcome } from "./run-command.ts";

interface Company {
  readonly story: Story;
  readonly cwd: string;
  /** The n-th night: what happens in the registry, then the audit with these arguments. */
  readonly audit: (night: number, ...args: string[]) => Promise<Outcome>;
}

/** The registry of the demo with its watch list in a directory. */
async function openCompany(): Promise<Company> {
  const story = await startStory();
  onTestFinished(() => story.registry.close());
  const cwd = makeDirectory();
  writeFileSync(join(cwd, "release.pub"), story.publicKey);
  writeFileSync(join(cwd, "sealwatch.yaml"), writeWatchList(story.registry.host));
  const audit = (night: number, ...args: string[]): Promise<Outcome> => {
    story.nights[night]?.happen();
    return runCommand(["audit", "--now", `2026-11-1${night}T02:00:00Z`, ...args], { cwd });
  };
  return { story, cwd, audit };
}

describe("audit", () => {
  it("answers 0 for signed releases, 1 for unsigned ones, and 3 where nothing is worse than unknown", async () => {
    const { audit, story } = await openCompany();
    expect((await audit(0)).code).toBe(0);
    story.registry.setFault({ when: { path: "/v2/acme/api/" }, fault: "503" });
    expect((await audit(5)).code).toBe(3);
    story.registry.setFault(null);
    story.nights[1]!.happen();
    expect((await audit(6)).code).toBe(1);
  });

  it("fills in no night afterwards, and runs for no time that is still to come", async () => {
    const { audit, cwd } = await openCompany();
    for (const night of [0, 2]) await audit(night);
    const missed = await audit(1);
    expect([missed.code, missed.stderr]).toEqual([
      2,
      expect.stringContaining("the time 2026-11-11T02:00:00Z is before the newest run, that of 2026-11-12T02:00:00Z"),
    ]);
    const ahead = await runCommand(["audit", "--now", "2036-01-01T02:00:00Z"], { cwd });
    expect([ahead.code, ahead.stderr]).toEqual([2, expect.stringContaining("2036-01-01T02:00:00Z is still to come")]);
    expect((await audit(2)).stderr).toContain("is closed already; this is its recorded answer");
  });

  it("answers 0 whatever it finds with --fail-on never", async () => {
    const { audit } = await openCompany();
    await audit(0);
    expect((await audit(1, "--fail-on", "never")).code).toBe(0);
  });

  it("prints the table of the interface", async () => {
    const { audit } = await openCompany();
    await audit(0);
    const { stdout } = await audit(1);
    expect(stdout).toMatch(/^REPOSITORY +RELEASES {2}SIGNED {2}UNSIGNED {2}UNTRUSTED {2}UNKNOWN {2}EXEMPT$/m);
    expect(stdout).toMatch(/^ {2}v1\.4\.2 +unsigned +nothing-found +since 2026-11-11 +[0-9A-Z]{8}$/m);
    expect(stdout).not.toContain("\u001b");
  });

  it("prints one JSON document and nothing else on stdout with --json", async () => {
    const { audit } = await openCompany();
    await audit(0);
    const { stdout, stderr } = await audit(1, "--json");
    const document = JSON.parse(stdout) as AuditDocument;
    expect(document.summary).toMatchObject({ releases: 10, unsigned: 4, unknown: 2 });
    expect(document.findings.map(({ cause }) => cause).toSorted()).toEqual([
      "release-unsigned",
      "release-unsigned",
      "signature-deleted",
      "tag-moved",
    ]);
    expect(stderr).toContain("[ALERT] 4 findings");
  });

  it("writes the whole result to --output, and leaves no draft", async () => {
    const { audit, cwd } = await openCompany();
    const { stdout } = await audit(0, "--json", "--output", "result.json");
    expect(stdout).toBe("");
    expect(JSON.parse(readFileSync(join(cwd, "result.json"), "utf8"))).toHaveProperty("summary.signed", 9);
    expect(readdirSync(cwd).toSorted()).toEqual([".sealwatch", "release.pub", "result.json", "sealwatch.yaml"]);
  });

  it("finds out before the audit that --output cannot be written", async () => {
    const { audit, story } = await openCompany();
    expect((await audit(0, "--output", "no/such/directory/result.json")).code).toBe(2);
    expect(story.registry.requests.count()).toBe(0);
  });

  it("writes through a link and into a pipe instead of replacing them", async () => {
    const { audit, cwd } = await openCompany();
    writeFileSync(join(cwd, "real.json"), "old");
    symlinkSync("real.json", join(cwd, "link.json"));
    expect((await audit(0, "--json", "--output", "link.json")).code).toBe(0);
    expect(readlinkSync(join(cwd, "link.json"))).toBe("real.json");
    expect(JSON.parse(readFileSync(join(cwd, "real.json"), "utf8"))).toHaveProperty("summary.signed", 9);
    execFileSync("mkfifo", [join(cwd, "pipe")]);
    const read = readFile(join(cwd, "pipe"), "utf8");
    expect((await audit(0, "--output", "pipe")).code).toBe(0);
    expect(await read).toMatch(/^REPOSITORY/);
    expect(statSync(join(cwd, "pipe")).isFIFO()).toBe(true);
  });

  it("keeps the history beside the watch list, as one file", async () => {
    const { audit, cwd } = await openCompany();
    await audit(0);
    expect(readdirSync(join(cwd, ".sealwatch"))).toEqual(["history.db"]);
  });

  it.each([
    ["--fail-on", "sometimes"],
    ["--now", "yesterday"],
    ["--repository", "not a reference"],
    ["--repository", "ghcr.io/nobody/watches-this"],
    ["--output", "no/such/directory/result.json"],
  ])("refuses %s %s with 2", async (...args) => {
    const { cwd } = await openCompany();
    const { code, stderr } = await runCommand(["audit", ...args], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(args[0]);
    expect(stderr).not.toContain("internal error");
  });

  it("ends cleanly on SIGINT, and the next start goes on", async () => {
    const { cwd, story, audit } = await openCompany();
    story.nights[0]?.happen();
    const arrived = new Promise<void>((resolve) => story.registry.setOptions({ onRequest: () => resolve(), latencyMs: 300 }));
    const child = spawn(process.execPath, [COMMAND, "audit", "--now", "2026-11-10T02:00:00Z"], { cwd, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await arrived;
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    story.registry.setOptions({ onRequest: null, latencyMs: 0 });
    expect((await audit(0)).code).toBe(0);
  });
});

describe.runIf(existsSync("/dev/full"))("output that cannot be written", () => {
  it("is never success", async () => {
    const { cwd, story } = await openCompany();
    story.nights[0]?.happen();
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [COMMAND, "audit"], { cwd, stdio: ["ignore", full, "pipe"] });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    closeSync(full);
    expect(code).toBe(2);
    expect(stderr).toContain("write to standard output");
  });

  it("does not matter where the reader has gone away", async () => {
    const { cwd, story } = await openCompany();
    story.nights[0]?.happen();
    const child = spawn(process.execPath, [COMMAND, "audit"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout?.destroy();
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await new Promise<number | null>((resolve) => child.on("close", resolve))).toBe(0);
    expect(stderr).not.toContain("Unhandled");
  });
});
