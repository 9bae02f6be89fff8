import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { judgement, observation, SIGNED, tagState } from "../history/examples.ts";
import { history } from "../report/sixty-repositories.ts";

const COMMAND = join(import.meta.dirname, "..", "..", "dist", "sealwatch.js");
const LIMIT_MIB = 200;
const REPOSITORIES = 50;
const PER_REPOSITORY = 2000;
const NIGHT = "2026-10-01T02:00:00Z";
/** Says at the end how much memory the process had at most, in KiB. */
const TELL_PEAK = 'data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))';

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "sealwatch-test-"));
  const nights = openSqliteHistory(join(cwd, "nights.db"));
  for (const { act } of history.actions) await act(nights);
  await nights.close();
  await recordMany(join(cwd, "many.db"));
}, 240_000);
afterAll(() => rm(cwd, { recursive: true }));

async function recordMany(path: string): Promise<void> {
  const store = openSqliteHistory(path);
  await store.openRun({ id: NIGHT, startedAt: NIGHT, partial: false });
  const names = Array.from({ length: REPOSITORIES }, (_, at) => `registry.example/team/app-${at}`);
  for (const name of names) {
    const tags = Array.from({ length: PER_REPOSITORY }, (_, at) => {
      const tag = `v${at}.0.0`;
      return tagState(tag, judgement(SIGNED), {
        version: 0,
        run: NIGHT,
        observation: observation({ run: NIGHT, tag, digest: digestOf(`${name}:${tag}`) }),
      });
    });
    await store.record(name, { repository: null, tags });
  }
  const seen = { listed: true, expected: PER_REPOSITORY, releases: PER_REPOSITORY, judged: PER_REPOSITORY, unknown: 0 };
  const coverage = names.map((repository) => ({ repository, ...seen }));
  await store.closeRun({ id: NIGHT, finishedAt: NIGHT, complete: true, coverage, watchList: null, document: "{}", exitCode: 0 });
  await store.close();
}

async function report(...args: string[]): Promise<{ lines: number; peakMib: number }> {
  const child = spawn(process.execPath, ["--import", TELL_PEAK, COMMAND, "report", ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [lines, stderr] = [0, ""];
  child.stdout.on("data", (chunk: Buffer) => (lines += chunk.toString("latin1").split("\n").length - 1));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return { lines, peakMib: Math.round(Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024) };
}

/** Of the built command: its start keeps the heap small. */
describe("the memory that a report takes", () => {
  it.each(["html", "csv", "json", "oscal"])("is below 200 MiB for five thousand releases and ninety nights, as %s", async (format) => {
    const { peakMib } = await report("--from", "2026-08-15", "--to", "2026-11-12", "--history", "nights.db", "--format", format);
    expect(peakMib).toBeLessThan(LIMIT_MIB);
  });

  it("is below it for a hundred thousand lines of CSV, a repository at a time", async () => {
    const { lines, peakMib } = await report("--month", "2026-10", "--history", "many.db", "--format", "csv");
    expect(lines).toBe(1 + REPOSITORIES * PER_REPOSITORY);
    expect(peakMib).toBeLessThan(LIMIT_MIB);
  });
});
