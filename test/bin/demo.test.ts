import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";
import { runCommand } from "./run-command.ts";

describe("demo", () => {
  it("tells a regression over three nights without network or configuration, and leaves nothing", async () => {
    const cwd = makeDirectory();
    const { code, stdout, stderr } = await runCommand(["demo"], { cwd, env: { TMPDIR: cwd } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^The night of /gm)).toHaveLength(3);
    expect(stdout).toMatch(/release-unsigned .*\/acme\/app/);
    expect(stdout).toMatch(/signature-deleted .*\/acme\/web/);
    expect(stdout).toMatch(/tag-moved .*\/acme\/app/);
    expect(stdout).toContain("RECOVERED");
    expect(readdirSync(cwd)).toEqual([]);
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
