import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";
import { runCommand } from "./run-command.ts";

describe("demo", () => {
  it("tells a regression over three nights without network or configuration, and leaves the report on them", async () => {
    const cwd = makeDirectory();
    // Compiled code is kept among temporary files, too.
    const env = { TMPDIR: cwd, NODE_COMPILE_CACHE: makeDirectory() };
    const { code, stdout, stderr } = await runCommand(["demo"], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^The night of /gm)).toHaveLength(3);
    expect(stdout).toMatch(/release-unsigned .*\/acme\/app/);
    expect(stdout).toMatch(/signature-deleted .*\/acme\/web/);
    expect(stdout).toMatch(/tag-moved .*\/acme\/app/);
    expect(stdout).toContain("RECOVERED");
    expect(stdout).toMatch(
      /: 6 of 10 releases in 3 repositories signed; 4 unsigned for up to \d+ h, 2 still so at the end\. 2 of 3 nights complete/,
    );
    const [directory, ...others] = readdirSync(cwd);
    expect(others).toEqual([]);
    const report = join(cwd, directory!, "report.html");
    expect(stdout).toContain(`The report on these nights is ${report}\n`);
    expect(readdirSync(join(cwd, directory!))).toEqual(["report.html"]);
    expect(readFileSync(report, "utf8")).toMatch(/^<!doctype html>[^]*signature-deleted[^]*<\/html>\n$/);
  });

  it("never calls a repository that is out of order unsigned", async () => {
    const { stdout } = await runCommand(["demo"], { cwd: makeDirectory() });
    const outage = stdout.split("The night of ")[2] ?? "";
    expect(outage).toMatch(/acme\/api +2 +0 +0 +0 +2 +0/);
  });

  it("keeps watch list and history for those who want to look around", async () => {
    const cwd = makeDirectory();
    expect((await runCommand(["demo", "--keep", "kept"], { cwd })).stdout).toContain(
      "sealwatch findings --history kept/.sealwatch/history.db",
    );
    expect(existsSync(join(cwd, "kept", "sealwatch.yaml"))).toBe(true);
    const { code, stdout } = await runCommand(["findings", "--history", "kept/.sealwatch/history.db"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("signature-deleted");
    const again = await runCommand(["demo", "--keep", "kept"], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("is there already");
  });
});
