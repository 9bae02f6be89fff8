import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startFauxqs } from "fauxqs";
import { describe, expect, it, onTestFinished } from "vitest";
import { startStory, writeWatchList, type Story } from "../../bin/demo/story.ts";
import type { WebhookDocument } from "../../lib/notification/channels/webhook-body.ts";
import { startServer, type ScriptedServer } from "../registry/start-server.ts";
import { makeDirectory } from "./make-directory.ts";
import { COMMAND, runCommand, type Outcome } from "./run-command.ts";

interface Company {
  readonly story: Story;
  readonly cwd: string;
  /** Answers 200, or what `status` says. */
  readonly server: ScriptedServer;
  status: number;
  readonly audit: (night: number, ...args: string[]) => Promise<Outcome>;
}

/** The registry of the demo, its watch list with these lines, and a server that hears webhooks and heartbeats. */
async function openCompany(lines: (host: string) => string, env: Record<string, string> = {}): Promise<Company> {
  const story = await startStory();
  onTestFinished(() => story.registry.close());
  const company = { status: 200 };
  const server = await startServer((_request, response) => response.writeHead(company.status).end());
  onTestFinished(() => server.close());
  const cwd = makeDirectory();
  writeFileSync(join(cwd, "release.pub"), story.publicKey);
  writeFileSync(join(cwd, "hook.secret"), "s3cret\n");
  const watchList = writeWatchList(story.registry.host).replace("notify:\n  - terminal\n", "");
  writeFileSync(join(cwd, "sealwatch.yaml"), `${watchList}${lines(server.url)}`);
  const audit = (night: number, ...args: string[]): Promise<Outcome> => {
    story.nights[night]?.happen();
    return runCommand(["audit", "--now", `2026-11-1${night}T02:00:00Z`, ...args], {
      cwd,
      env: { HOOK: `${server.url}/hooks/t0ken`, ...env },
    });
  };
  return Object.assign(company, { story, cwd, server, audit });
}

const HOOK = 'notify: [{ name: oncall, severity: alert, remind: 2d, webhook: { url: "env:HOOK", secret: "file:hook.secret" } }]\n';

describe("an audit with channels", () => {
  it("tells by webhook what got worse, once, and reminds of it", async () => {
    const { audit, server } = await openCompany(() => HOOK);
    await audit(0);
    expect(server.seen).toEqual([]);
    const { stderr, stdout } = await audit(1);
    expect(server.seen).toHaveLength(1);
    const [{ body, headers }] = server.seen as [ScriptedServer["seen"][0]];
    expect(headers["x-sealwatch-signature"]).toBe(`sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`);
    const document = JSON.parse(body) as WebhookDocument;
    expect(document.subject).toMatch(/^\[ALERT\] \d findings in /);
    expect(document.text).toMatch(/\nYou are told once; reminder on 2026-11-13\.$/);
    expect(stdout + stderr).not.toMatch(/\[ALERT\]|t0ken|warning/);
    await audit(2);
    const before = server.seen.length;
    await audit(3);
    const reminders = server.seen.slice(before).map(({ body: text }) => JSON.parse(text) as WebhookDocument);
    expect(reminders.map(({ events }) => new Set(events.map(({ kind }) => kind)))).toEqual([new Set(["reminder"])]);
    expect(reminders[0]!.subject).toContain("[REMINDER]");
  });

  it("tells the channel of another owner what nobody else would hear, and says so", async () => {
    const { audit, server } = await openCompany(() => HOOK.replace("severity: alert", "severity: alert, owner: payments"));
    await audit(0);
    const { stderr } = await audit(1);
    expect(server.seen).toHaveLength(1);
    expect(stderr).toMatch(/^\d findings without an owner went to the channels of other owners, because no channel is for everybody$/m);
  });

  it("keeps what a broken webhook did not take, says so, and sends it the next night", async () => {
    const company = await openCompany(() => `${HOOK.trimEnd().replace(/\]$/, "")}, terminal]\n`);
    await company.audit(0);
    company.status = 400;
    const { stderr, code } = await company.audit(1);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `channel oncall did not take its message since 2026-11-11 02:00 UTC: POST to ${company.server.host}: HTTP 400;`,
    );
    expect(stderr).not.toContain("t0ken");
    company.status = 200;
    await company.audit(3);
    const document = JSON.parse(company.server.seen.at(-1)!.body) as WebhookDocument;
    expect(document.text).toMatch(/^Runs?: 2026-11-11 02:00/m);
  });

  it("audits all the same where a channel's secret is missing", async () => {
    const { audit } = await openCompany(() => HOOK.replace("env:HOOK", "env:NOWHERE"));
    await audit(0);
    const { stderr, code } = await audit(1);
    expect(code).toBe(1);
    expect(stderr).toContain("warning: channel oncall: notify, oncall: url: the environment variable NOWHERE is not set");
    expect(stderr).toContain("channel oncall did not take its message since 2026-11-11 02:00 UTC");
  });

  it("tells by SNS", async () => {
    const sns = await startFauxqs({ port: 0, logger: false });
    onTestFinished(() => sns.stop());
    const { topicArn } = sns.createTopic("sealwatch", { region: "eu-central-1" });
    sns.createQueue("sealwatch", { region: "eu-central-1" });
    sns.subscribe({ topic: "sealwatch", queue: "sealwatch", region: "eu-central-1" });
    const env = { AWS_ENDPOINT_URL_SNS: sns.address, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const { audit } = await openCompany(() => `notify: [{ sns: "${topicArn}", severity: alert }]\n`, env);
    await audit(0);
    await audit(1);
    const messages = sns.inspectQueue("sealwatch")?.messages.ready ?? [];
    expect(messages.map(({ body }) => (JSON.parse(body) as { Subject: string }).Subject)).toEqual([
      expect.stringMatching(/^\[ALERT\] \d findings in /),
    ]);
  });
});

describe("the heartbeat", () => {
  const pathsOf = ({ seen }: ScriptedServer): string[] => seen.map(({ method, url }) => `${method} ${url}`);

  it("is sent after a complete run, with /fail after one that is not, and by no part of the watch list", async () => {
    const { audit, server, story } = await openCompany((url) => `heartbeat: ${url}/ping/x?y=1\n`);
    await audit(0);
    story.registry.setFault({ when: { path: "/v2/acme/api/" }, fault: "503" });
    await audit(5);
    await audit(6, "--repository", `${story.registry.host}/acme/app`);
    expect(pathsOf(server)).toEqual(["GET /ping/x?y=1", "GET /ping/x/fail?y=1"]);
  });

  it("is /fail where the audit could not be carried out", async () => {
    const { audit, server } = await openCompany(() => "heartbeat: env:HOOK\n");
    expect((await audit(0, "--history", "/dev/null/history.db")).code).toBe(2);
    expect(pathsOf(server)).toEqual(["GET /hooks/t0ken/fail"]);
  });

  it("is /fail where somebody stopped it", async () => {
    const { cwd, story, server } = await openCompany((url) => `heartbeat: ${url}/ping\n`);
    story.nights[0]?.happen();
    const arrived = new Promise<void>((resolve) => story.registry.setOptions({ onRequest: () => resolve(), latencyMs: 300 }));
    const child = spawn(process.execPath, [COMMAND, "audit"], { cwd, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await arrived;
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(pathsOf(server)).toEqual(["GET /ping/fail"]);
  });

  it("changes no exit code where nobody hears it, and shows no secret", async () => {
    const company = await openCompany(() => "heartbeat: env:HOOK\n");
    company.status = 404;
    const { code, stderr } = await company.audit(0);
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: the heartbeat was not heard: GET from ${company.server.host}: HTTP 404;`);
    expect(stderr).not.toContain("t0ken");
  });
});
