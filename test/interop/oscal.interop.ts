import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const COMMAND = resolve("dist/sealwatch.js");
const TRESTLE = join(process.env["SEALWATCH_INTEROP_BIN"] ?? join(homedir(), ".cache", "sealwatch-interop"), "trestle");

let folder: string;
/** The history that the demo leaves: three nights, on which things went wrong. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-oscal-"));
  await run(process.execPath, [COMMAND, "demo", "--keep", join(folder, "demo")]);
  await mkdir(join(folder, "workspace"));
  await run(TRESTLE, ["init"], { cwd: join(folder, "workspace") });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The report as trestle took it into its workspace, under a name. */
async function importReport(name: string, ...args: readonly string[]): Promise<string> {
  const [history, report] = [join(folder, "demo", ".sealwatch", "history.db"), join(folder, `${name}.json`)];
  await run(process.execPath, [COMMAND, "report", "--history", history, "--format", "oscal", "--output", report, ...args]);
  await run(TRESTLE, ["import", "-f", report, "-o", name], { cwd: join(folder, "workspace") });
  return join("assessment-results", name, "assessment-results.json");
}

function validate(file: string): Promise<string> {
  return run(TRESTLE, ["validate", "-f", file], { cwd: join(folder, "workspace") }).then(({ stdout }) => stdout);
}

describe("a report as OSCAL, by compliance-trestle", () => {
  it("is valid", async () => {
    expect(await validate(await importReport("nights", "--from", "2020-01-01"))).toMatch(/^VALID: /m);
  });

  it("is valid of days on which nothing was recorded", async () => {
    expect(await validate(await importReport("nothing", "--month", "2020-01"))).toMatch(/^VALID: /m);
  });

  it("is not where a part that OSCAL demands is taken out", async () => {
    const file = await importReport("broken", "--from", "2020-01-01");
    const path = join(folder, "workspace", file);
    const text = await readFile(path, "utf8");
    const broken = text.replace(/"control-selections"/g, '"selections"');
    expect(broken).not.toBe(text);
    await writeFile(path, broken);
    await expect(validate(file)).rejects.toMatchObject({ code: 4 });
  });
});
