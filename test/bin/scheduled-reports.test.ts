import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startStory, writeWatchList } from "../../bin/demo/story.ts";
import type { WebhookDocument } from "../../lib/notification/channels/webhook-body.ts";
import { startServer } from "../registry/start-server.ts";
import { makeDirectory } from "./make-directory.ts";
import { runCommand, type Outcome } from "./run-command.ts";

const REPORTS = `notify:
  - { name: oncall, severity: alert, webhook: { url: "env:ONCALL" } }
  - { name: compliance, severity: alert, webhook: { url: "env:COMPLIANCE" } }
reports: [{ every: month, formats: [html, csv, json, oscal], notify: compliance }]
`;

/** The demo's registry on its first night, a watch list that asks for reports, and what two webhooks are told. */
async function openCompany() {
  const story = await startStory();
  onTestFinished(() => story.registry.close());
  story.nights[0]!.happen();
  const server = await startServer((_request, response) => response.writeHead(200).end());
  onTestFinished(() => server.close());
  const cwd = makeDirectory();
  writeFileSync(join(cwd, "release.pub"), story.publicKey);
  writeFileSync(join(cwd, "sealwatch.yaml"), writeWatchList(story.registry.host).replace("notify:\n  - terminal\n", REPORTS));
  const env = { ONCALL: `${server.url}/oncall`, COMPLIANCE: `${server.url}/compliance` };
  const run = (...args: string[]): Promise<Outcome> => runCommand(args, { cwd, env });
  return { cwd, server, run, audit: (day: string, ...more: string[]) => run("audit", "--now", `${day}T02:00:00Z`, ...more) };
}

describe("reports: in the watch list", () => {
  it("are written beside the history on the first night of the next month, told where they say, and are what report writes", async () => {
    const { cwd, server, run, audit } = await openCompany();
    expect((await run("lint")).code).toBe(0);
    await audit("2026-10-30");
    const folder = join(cwd, ".sealwatch", "reports", "2026-10");
    expect(existsSync(folder)).toBe(false);
    const { code, stderr } = await audit("2026-11-01");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readdirSync(folder).toSorted()).toEqual(["report.csv", "report.html", "report.json", "report.oscal.json"]);
    expect(server.seen.map(({ url }) => url)).toEqual(["/compliance"]);
    const { text, reports } = JSON.parse(server.seen[0]!.body) as WebhookDocument;
    const model = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as { sentence: string };
    expect(text).toContain(`What it says: ${model.sentence}`);
    expect(reports).toMatchObject([{ month: "2026-10", sentence: model.sentence, address: folder }]);
    await audit("2026-11-02");
    expect(server.seen).toHaveLength(1);
    const again = await run("report", "--month", "2026-10", "--as-of", "2026-11-01T02:00:00Z");
    expect(again.stdout).toBe(readFileSync(join(folder, "report.html"), "utf8"));
    expect((await run("history", "--verify")).code).toBe(0);
  });

  it("that cannot be written are said, and written by the next night", async () => {
    const { cwd, server, audit } = await openCompany();
    await audit("2026-10-30");
    const blocked = join(cwd, ".sealwatch", "reports");
    writeFileSync(blocked, "");
    const { code, stderr } = await audit("2026-11-01");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^report of 2026-10: .+; the next complete run tries again\n$/);
    expect(server.seen).toEqual([]);
    rmSync(blocked);
    await audit("2026-11-02");
    expect(readdirSync(join(blocked, "2026-10"))).toHaveLength(4);
    expect(server.seen).toHaveLength(1);
  });

  it("lie beside a history that is elsewhere", async () => {
    const { cwd, audit } = await openCompany();
    mkdirSync(join(cwd, "elsewhere"));
    await audit("2026-10-30", "--history", "elsewhere/h.db");
    await audit("2026-11-01", "--history", "elsewhere/h.db");
    expect(readdirSync(join(cwd, "elsewhere", "reports"))).toEqual(["2026-10"]);
  });
});
