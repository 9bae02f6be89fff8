import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";
import { runCommand } from "./run-command.ts";

describe("the command line", () => {
  it.each(
    [[], ["audit"], ["plan"], ["inspect"], ["lint"], ["findings"], ["findings", "show"], ["report"], ["demo"]].map(
      (words) => [words.join(" "), words] as const,
    ),
  )("explains %s with examples on stdout", async (_, words) => {
    const { code, stdout, stderr } = await runCommand([...words, "--help"], { cwd: makeDirectory() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/Examples:\n {2}\$ sealwatch/);
  });

  it("says its version", async () => {
    const { code, stdout } = await runCommand(["--version"], { cwd: makeDirectory() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    ["an unknown option", ["audit", "--jsn"]],
    ["an unknown command", ["adit"]],
    ["help of an unknown command", ["adit", "--help"]],
    ["an unknown command behind help", ["help", "adit"]],
    ["no command", []],
    ["a missing argument", ["inspect"]],
    ["too many arguments", ["lint", "sealwatch.yaml"]],
    ["an option without its value", ["lint", "--config"]],
  ])("refuses %s on stderr with 2", async (_, args) => {
    const { code, stdout, stderr } = await runCommand(args, { cwd: makeDirectory() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toBe("");
    expect(stderr).not.toContain("internal error");
  });

  it.each(["audit", "plan", "lint", "findings", "report"])("says how to start where %s finds no watch list", async (command) => {
    const { code, stdout, stderr } = await runCommand([command], { cwd: makeDirectory() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("No sealwatch.yaml. Start with: sealwatch init ghcr.io/you/app --write sealwatch.yaml\n");
  });

  it("shows no default that nobody could write", async () => {
    const { stdout } = await runCommand(["audit", "--help"], { cwd: makeDirectory() });
    expect(stdout).not.toContain("default: []");
  });

  it("takes options before and behind a subcommand", async () => {
    const cwd = makeDirectory();
    for (const args of [
      ["--history", "h.db", "list"],
      ["list", "--history", "h.db"],
      ["--history", "h.db"],
      ["--history", "h.db", "show", "7Q3K"],
    ]) {
      const { code, stderr } = await runCommand(["findings", ...args], { cwd });
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toContain("h.db does not exist");
    }
  });

  it("names a watch list that was asked for in vain", async () => {
    const { code, stderr } = await runCommand(["lint", "--config", "teams.yaml"], { cwd: makeDirectory() });
    expect(code).toBe(2);
    expect(stderr).toContain("teams.yaml");
  });

  it("takes the flag before the environment, and the environment before ./sealwatch.yaml", async () => {
    const cwd = makeDirectory();
    for (const name of ["sealwatch", "environment", "flag"]) writeFileSync(join(cwd, `${name}.yaml`), "version: nonsense\n");
    const env = { SEALWATCH_CONFIG: "environment.yaml" };
    expect((await runCommand(["lint"], { cwd })).stdout).toMatch(/^sealwatch\.yaml:1:/m);
    expect((await runCommand(["lint"], { cwd, env })).stdout).toMatch(/^environment\.yaml:1:/m);
    expect((await runCommand(["lint", "--config", "flag.yaml"], { cwd, env })).stdout).toMatch(/^flag\.yaml:1:/m);
  });
});
