import { existsSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { makeDirectory } from "./make-directory.ts";
import { runCommand, type Outcome } from "./run-command.ts";
import { serveSigned, writeWatchList } from "./serve-signed.ts";

const DAY = 86_400_000;
let cwd: string;
let days: string[];
/** Nights, and with them the demo's history, are those before today. */
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "sealwatch-test-"));
  const today = Date.now();
  await runCommand(["demo", "--keep", "."], { cwd });
  days = [3, 2, 1].map((ago) => new Date(today - ago * DAY).toISOString().slice(0, 10));
});
afterAll(() => rm(cwd, { recursive: true }));

const report = (...args: string[]): Promise<Outcome> =>
  runCommand(["report", ...args], { cwd, env: { SEALWATCH_HISTORY: ".sealwatch/history.db" } });
const period = () => ["--from", days[0]!, "--to", days[2]!];

describe("report", () => {
  it("writes the page of a period to a file, and its first sentence on stderr", async () => {
    const { code, stdout, stderr } = await report(...period(), "--output", "page.html");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(
      /^page\.html: .+: 6 of 10 releases in 3 repositories signed; .+\. 2 of 3 nights complete \(incomplete: .+\)\.\n$/,
    );
    expect(readFileSync(join(cwd, "page.html"), "utf8")).toContain("default-src 'none'");
  });

  it("prints JSON, CSV and OSCAL, and says the same in each", async () => {
    const model = JSON.parse((await report(...period(), "--format", "json")).stdout) as ReportModel;
    expect(model.findings.map(({ cause }) => cause).toSorted()).toEqual([
      "release-unsigned",
      "release-unsigned",
      "signature-deleted",
      "tag-moved",
    ]);
    const csv = (await report(...period(), "--format", "csv")).stdout.split("\r\n");
    expect(csv[0]).toBe(
      "repository,tag,digest,first_seen,verdict,reason,worst_verdict,unsigned_hours,signers,signed_at,evidence_digest,exemption,exemption_owner,exemption_until,acknowledged_by,policy,last_checked",
    );
    expect(csv).toHaveLength(1 + model.summary.releases + 1);
    expect((await report(...period(), "--format", "oscal")).stdout).toContain(JSON.stringify(model.sentence));
  });

  it("gives the same bytes for what was known then, whenever it is asked", async () => {
    const then = [...period(), "--as-of", `${days[1]}T12:00:00Z`];
    for (const format of ["html", "json", "csv", "oscal"]) {
      const now = await report(...then, "--format", format);
      const later = await report(...then, "--format", format, "--now", "2099-01-01");
      expect(now.stdout).toBe(later.stdout);
      expect(now.stdout).not.toContain(`"${days[2]}T02:00:00Z"`);
    }
    const { stdout } = await report(...then, "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({ summary: { nights: { expected: 2 } }, asOf: `${days[1]}T12:00:00Z` });
  });

  it("packs all formats with the evidence in one file: the same bytes for what was known then, whenever it is asked", async () => {
    const then = [...period(), "--as-of", `${days[1]}T12:00:00Z`];
    const packed = await report(...then, "--pack", "a.zip");
    expect(packed).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/^a\.zip: .+ signed; .+\n$/) });
    await report(...then, "--pack", "b.zip", "--now", "2099-01-01");
    const archive = readFileSync(join(cwd, "a.zip"));
    expect(archive.equals(readFileSync(join(cwd, "b.zip")))).toBe(true);
    for (const name of [
      "report.html",
      "report.csv",
      "report.json",
      "report.oscal.json",
      "verify.sh",
      "MANIFEST.sha256",
      "evidence/sha256/",
    ])
      expect(archive.includes(name)).toBe(true);
  });

  it("prints a format that is asked for beside a pack", async () => {
    const { stdout } = await report(...period(), "--pack", "a.zip", "--format", "csv");
    expect(stdout).toMatch(/^repository,tag,/);
  });

  it("tells of an acknowledgement only from the time of day on which somebody said it, whatever --now says", async () => {
    const before = `${new Date(Date.now() - 1000).toISOString().slice(0, 19)}Z`;
    const { stdout } = await report(...period(), "--format", "json");
    const { id } = (JSON.parse(stdout) as ReportModel).findings.find(({ cause }) => cause === "signature-deleted")!;
    const history = ["--history", ".sealwatch/history.db"];
    const taken = await runCommand(
      ["findings", "acknowledge", id, "--until", "3d", "--reason", "rebuilt", "--owner", "platform", ...history],
      { cwd },
    );
    expect(taken.code).toBe(0);
    const at = async (...asOf: string[]) => {
      const known = await report(...period(), "--format", "json", ...asOf);
      return (JSON.parse(known.stdout) as ReportModel).findings.find((finding) => finding.id === id)!;
    };
    expect(await at("--as-of", before)).toMatchObject({ status: "open", acknowledgements: [] });
    expect(await at()).toMatchObject({ status: "acknowledged", acknowledgements: [{ owner: "platform", reason: "rebuilt" }] });
    expect((await report(...period(), "--format", "csv")).stdout).toContain(",platform,acme-release,");
  });

  it.each([
    [["--month", "2026-13"], "--month 2026-13: write a month such as 2026-10"],
    [["--format", "pdf"], "--format pdf: write one of html, json, oscal, csv"],
    [["--format", "constructor"], "--format constructor: write one of"],
    [["--from", "2099-01-01"], "of which nothing is known"],
    [["--output", "missing/page.html"], "missing does not exist; create it, or name another file"],
    [["--pack", "missing/pack.zip"], "--pack missing/pack.zip: cannot be written"],
    [["--output", ""], "--output : cannot be written: it has no name"],
    [["--output", ".sealwatch/history.db"], "--output .sealwatch/history.db: that is the history; name another file"],
    [["--output", "link.html"], "--output link.html: that is the history; name another file"],
    [["--output", ".sealwatch/history.db-wal"], "--output .sealwatch/history.db-wal: that is the history; name another file"],
    [["--pack", "./sealwatch.yaml"], "--pack ./sealwatch.yaml: that is the watch list; name another file"],
    [["--output", "missing.html", "--pack", "./missing.html"], "--pack ./missing.html: that is the file of --output; name another file"],
  ])("%j is refused with 2, and nothing is written", async (args, message) => {
    if (!existsSync(join(cwd, "link.html"))) symlinkSync(join(cwd, ".sealwatch", "history.db"), join(cwd, "link.html"));
    const { code, stdout, stderr } = await report(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    for (const file of ["missing", "missing.html"]) expect(existsSync(join(cwd, file))).toBe(false);
  });

  it("finds the history beside the watch list, and says how to begin where there is neither", async () => {
    const { code, stderr } = await runCommand(["report", "--config", join(cwd, "sealwatch.yaml")], { cwd: makeDirectory() });
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const nowhere = await runCommand(["report"], { cwd: makeDirectory() });
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("No sealwatch.yaml. Start with: sealwatch init") });
  });
});

describe("a report right after an audit", () => {
  it("has the run that just ended in it, in whichever part of the second that was", async () => {
    const served = await serveSigned();
    served.sign("acme/app", "v1.0.0");
    writeWatchList(served.cwd, [`${served.host}/acme/app`]);
    for (let night = 0; night < 3; night++) {
      const audit = await runCommand(["audit", "--json"], { cwd: served.cwd });
      const { run } = JSON.parse(audit.stdout) as { run: { id: string } };
      const { stdout } = await runCommand(["report", "--format", "json"], { cwd: served.cwd });
      const { nights } = JSON.parse(stdout) as ReportModel;
      expect(nights.map(({ run: last }) => last)).toContain(run.id);
      // Two runs in one second are named by two seconds.
      await setTimeout(1100);
    }
  });
});
