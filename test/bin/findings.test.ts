import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { Finding } from "../../lib/history/state.ts";
import { makeFinding } from "../notification/make-finding.ts";
import { makeDirectory } from "./make-directory.ts";
import { runCommand, type Outcome } from "./run-command.ts";

/** A history with these findings, and the command on it. */
async function openFindings(...findings: Finding[]): Promise<(...args: string[]) => Promise<Outcome>> {
  const cwd = makeDirectory();
  const path = join(cwd, "night.db");
  const store = openSqliteHistory(path);
  for (const finding of findings) {
    const { repository, tag, cause, severity, before, after, facts } = finding;
    const change = {
      id: `change-${finding.id}`,
      run: finding.openedAt,
      kind: "opened",
      repository,
      tag,
      cause,
      severity,
      before,
      after,
      facts,
    } as const;
    await store.record(repository, {
      repository: null,
      tags: [
        {
          tag: tag ?? "none",
          version: 0,
          run: finding.openedAt,
          baseline: false,
          timeline: [],
          shown: { verdict: "unsigned", reason: null, explanation: "", since: finding.openedAt },
          last: null,
          unansweredSince: null,
          removedSince: null,
          pending: [change],
        },
      ],
    });
    await store.conclude({ changes: [change], findings: [{ ...finding, version: 0 }], outbox: [] });
  }
  await store.close();
  return (...args) => runCommand(["findings", ...args, "--history", path], { cwd });
}

const FIRST = makeFinding({ id: "7Q3K9D2M" });
const SECOND = makeFinding({ id: "7Q3KZZZZ", tag: "v1.5.0", openedAt: "2026-11-21T02:00:00Z" });

describe("findings", () => {
  it("need no watch list where the history is named", async () => {
    const { code, stdout } = await (await openFindings(FIRST, SECOND))();
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split("\n");
    expect(rows).toHaveLength(3);
    expect(rows[1]).toContain("7Q3KZZZZ");
    expect(rows[2]).toMatch(/7Q3K9D2M .*release-unsigned/);
  });

  it("are a JSON list in the shape of audit --json", async () => {
    const { code, stdout } = await (await openFindings(FIRST))("list", "--json");
    expect(code).toBe(0);
    const [finding] = JSON.parse(stdout) as Record<string, unknown>[];
    expect(finding).toMatchObject({
      id: "7Q3K9D2M",
      cause: "release-unsigned",
      severity: "alert",
      tag: "v1.4.2",
      before: null,
      status: "open",
    });
    expect(finding?.["after"]).toMatchObject({ verdict: "unsigned", reason: "nothing-found" });
  });

  it("are shown by a unique beginning of their id, in either case", async () => {
    const { code, stdout } = await (await openFindings(FIRST, SECOND))("show", "7q3k9");
    expect(code).toBe(0);
    expect(stdout).toContain("[ALERT] ghcr.io/acme/app v1.4.2 unsigned (v1.4.1 was signed)\n");
    expect(stdout).toContain("\nCheck (cosign >= 3.0.2): cosign verify --key ops.pub ");
  });

  it.each([
    [["--cause", "release-unsigned"], 2],
    [["--cause", "tag-moved"], 0],
    [["--severity", "alert", "--repository", "ghcr.io/acme/app"], 2],
    [["--severity", "warning"], 0],
    [["--owner", "nobody"], 0],
    [["--status", "acknowledged"], 0],
  ])("are filtered by %s", async (filter, count) => {
    const { code, stdout } = await (await openFindings(FIRST, SECOND))("list", ...filter, "--json");
    expect({ code, found: (JSON.parse(stdout) as unknown[]).length }).toEqual({ code: 0, found: count });
  });

  it.each([
    [["--cause", "unsigned"], "--cause unsigned: write one of tag-rolled-back, "],
    [["--severity", "high"], "--severity high: write one of alert, warning, notice"],
    [["--repository", "ghcr.io/"], "--repository ghcr.io/: "],
  ])("refuse the filter %s with 2", async (filter, message) => {
    const { code, stderr } = await (await openFindings(FIRST))("list", ...filter);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each([
    ["an ambiguous beginning", "7Q3K"],
    ["an id that nobody has", "AAAAAAAA"],
    ["fewer than four characters", "7Q3"],
    ["what is no id", "../etc/passwd"],
  ])("refuse %s with 2", async (_, id) => {
    const { code, stdout, stderr } = await (await openFindings(FIRST, SECOND))("show", id);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^sealwatch: findings: /);
  });

  it("refuse a history that is not there instead of beginning one", async () => {
    const cwd = makeDirectory();
    const { code, stderr } = await runCommand(["findings", "--history", "none.db"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("none.db");
  });
});

const TAKEN = ["--until", "3d", "--reason", "is being rebuilt", "--owner", "platform"];

describe("findings acknowledge", () => {
  it("takes several ids, and reopen as well", async () => {
    const findings = await openFindings(FIRST, SECOND);
    const { code, stdout } = await findings("acknowledge", "7Q3K9D2M", "7q3kz", ...TAKEN);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^7Q3K9D2M acknowledged until .* UTC\n7Q3KZZZZ acknowledged until .* UTC\n$/);
    expect((await findings("reopen", "7Q3K9D2M", "7Q3KZZZZ")).stdout).toBe("7Q3K9D2M open\n7Q3KZZZZ open\n");
  });

  it("takes all open findings of a repository or cause", async () => {
    const findings = await openFindings(FIRST, SECOND);
    const by = ["--repository", "ghcr.io/acme/app", "--cause", "release-unsigned"];
    expect((await findings("acknowledge", ...by, ...TAKEN)).stdout.match(/acknowledged/g)).toHaveLength(2);
    const { code, stderr } = await findings("acknowledge", ...by, ...TAKEN);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "sealwatch: findings acknowledge: no open finding is of these\n" });
  });

  it("counts from the time of day, whatever --now says", async () => {
    const findings = await openFindings(FIRST);
    await findings("acknowledge", "7Q3K9D2M", ...TAKEN, "--now", "2020-01-01T00:00:00Z");
    const [{ acknowledgement }] = JSON.parse((await findings("list", "--json")).stdout) as [{ acknowledgement: { at: string } }];
    expect(Math.abs(Date.now() - Date.parse(acknowledgement.at))).toBeLessThan(600_000);
  });

  it("takes more than a year with --force only", async () => {
    const findings = await openFindings(FIRST);
    const far = ["acknowledge", "7Q3K9D2M", "--until", "2400d", "--reason", "end of life", "--owner", "platform"];
    expect((await findings(...far)).stderr).toContain("--until 2400d: that is more than a year away; write --force as well if it is meant");
    expect((await findings(...far, "--force")).code).toBe(0);
  });

  it.each([
    ["the placeholder of a message as reason", ["7Q3K9D2M", "--until", "3d", "--reason", "…", "--owner", "platform"]],
    ["the placeholder of a message as owner", ["7Q3K9D2M", "--until", "3d", "--reason", "known", "--owner", "..."]],
    ["neither ids nor a filter", TAKEN],
    ["both ids and a filter", ["7Q3K9D2M", "--cause", "release-unsigned", ...TAKEN]],
    ["ids of which nobody has one", ["7Q3K9D2M", "AAAAAAAA", ...TAKEN]],
  ])("refuses %s, and acknowledges nothing", async (_, args) => {
    const findings = await openFindings(FIRST, SECOND);
    expect((await findings("acknowledge", ...args)).code).toBe(2);
    expect((await findings("list", "--status", "acknowledged")).stdout).toBe("No findings are of these.\n");
  });
});
