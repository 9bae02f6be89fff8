import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeResult } from "../../bin/doors/output.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-test-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** A result of two pieces, stopped after the first. */
async function* stopHalfway(stop: AbortController) {
  yield "first,";
  stop.abort();
  yield "second";
}

describe("a result that is stopped halfway", () => {
  it("leaves the file that was there, and no other", async () => {
    const [file, stop] = [join(directory, "report.csv"), new AbortController()];
    writeFileSync(file, "the one before");
    await expect(writeResult(stopHalfway(stop), file, { signal: stop.signal })).rejects.toMatchObject({ code: "aborted" });
    expect(readdirSync(directory)).toEqual(["report.csv"]);
    expect(readFileSync(file, "utf8")).toBe("the one before");
  });

  it("leaves none where there was none", async () => {
    const stop = new AbortController();
    await expect(writeResult(stopHalfway(stop), join(directory, "report.csv"), { signal: stop.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});

const ENDLESS = `
  import { writeResult } from ${JSON.stringify(join(import.meta.dirname, "../../bin/doors/output.ts"))};
  process.stdout.on("error", () => {});
  function* lines() { for (;;) yield "line\\n".repeat(1000); }
  await writeResult(lines(), undefined);
`;

describe("a result that nobody reads to its end", () => {
  it("is not made to its end", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", ENDLESS], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
