import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startStory, writeWatchList } from "../../bin/demo/story.ts";
import { startServer } from "../registry/start-server.ts";
import { startAws, type AwsAnswer } from "./aws-server.ts";
import { makeDirectory } from "./make-directory.ts";
import { startPrivate, writePrivateList } from "./private-registry.ts";
import { COMMAND, runCommand, type Outcome } from "./run-command.ts";

const LINES = `notify: [{ name: oncall, severity: alert, webhook: { url: "awssecret:///hook/url", secret: "awssecret:///hook/secret" } }]
heartbeat: awssecret:///heartbeat
`;

/** The registry of the demo, audited for two nights with secrets that Secrets Manager keeps. */
async function auditTwice(change: (secrets: Record<string, AwsAnswer>) => void = () => undefined) {
  const story = await startStory();
  onTestFinished(() => story.registry.close());
  const told = await startServer((_, response) => response.writeHead(200).end());
  onTestFinished(() => told.close());
  const secrets: Record<string, AwsAnswer> = {
    "hook/url": { SecretString: `${told.url}/hooks/t0ken\n` },
    "hook/secret": { SecretString: "s3cret\n" },
    heartbeat: { SecretString: `${told.url}/ping/t0ken` },
  };
  change(secrets);
  const aws = await startAws({ GetSecretValue: ({ SecretId }) => secrets[String(SecretId)]! });
  const cwd = makeDirectory();
  writeFileSync(join(cwd, "release.pub"), story.publicKey);
  writeFileSync(join(cwd, "sealwatch.yaml"), `${writeWatchList(story.registry.host).replace("notify:\n  - terminal\n", "")}${LINES}`);
  const outcomes: Outcome[] = [];
  for (const night of [0, 1]) {
    story.nights[night]?.happen();
    outcomes.push(await runCommand(["audit", "--now", `2026-11-1${night}T02:00:00Z`], { cwd, env: aws.env }));
  }
  return { told, aws, last: outcomes[1]!, said: outcomes.map(({ stdout, stderr }) => stdout + stderr).join("") };
}

describe("an audit with secrets of AWS", () => {
  it("tells by a webhook and a heartbeat that lie there, and reads each once a run", async () => {
    const { told, aws, said } = await auditTwice();
    expect(told.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /ping/t0ken",
      "POST /hooks/t0ken",
      "GET /ping/t0ken/fail",
    ]);
    const { body, headers } = told.seen[1]!;
    expect(headers["x-sealwatch-signature"]).toBe(`sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`);
    const ids = aws.asked.map(([, { SecretId }]) => String(SecretId));
    expect(ids.toSorted((a, b) => a.localeCompare(b))).toEqual([
      "heartbeat",
      "heartbeat",
      "hook/secret",
      "hook/secret",
      "hook/url",
      "hook/url",
    ]);
    expect(said).not.toMatch(/s3cret|t0ken|warning/);
  });

  it("audits all the same where they are denied, and says so", async () => {
    const { last, said } = await auditTwice((secrets) => {
      secrets["hook/url"] = { refusal: "AccessDeniedException" };
      secrets["heartbeat"] = { SecretBinary: "czNjcmV0" };
    });
    expect(last.code).toBe(1);
    const denied = "read the secret hook/url: AWS denied it; allow these credentials secretsmanager:GetSecretValue";
    expect(last.stderr).toContain(`warning: channel oncall: notify, oncall: url: ${denied}`);
    expect(last.stderr).toContain("warning: the heartbeat was not heard: heartbeat: read the secret heartbeat: found no text");
    expect(said).not.toMatch(/s3cret|t0ken/);
  });

  it("sends nothing to a secret that is no web address, and does not show it", async () => {
    const { told, said } = await auditTwice((secrets) => {
      secrets["hook/url"] = { SecretString: `{"url":"https://x/t0ken"}` };
    });
    expect(told.seen.map(({ url }) => url)).toEqual(["/ping/t0ken", "/ping/t0ken/fail"]);
    expect(said).not.toMatch(/t0ken/);
  });
});

describe("a client key that lies in AWS", () => {
  it("is read before anything is asked, and ends the run where it is not to be had", async () => {
    const registry = await startPrivate("robot", "s3cret");
    const cwd = makeDirectory();
    writePrivateList(cwd, registry.host, "anonymous");
    const list = join(cwd, "sealwatch.yaml");
    writeFileSync(join(cwd, "client.pem"), readFileSync("test/fixtures/keys/notation.crt"));
    const keys = `clientCertificate: client.pem, clientKey: "awssecret:///client/key", credentials`;
    writeFileSync(list, readFileSync(list, "utf8").replace("credentials", keys));
    const aws = await startAws({ GetSecretValue: () => ({ refusal: "ResourceNotFoundException" }) });
    const { code, stderr } = await runCommand(["plan"], { cwd, env: aws.env });
    expect(code).toBe(2);
    expect(stderr).toContain(
      `registries.${registry.host}.clientKey: read the secret client/key: it does not exist in that account and region`,
    );
    expect(registry.requests.count()).toBe(0);
  });
});

describe("the SDK of AWS", () => {
  it("is loaded by a run that needs it, and by no other", async () => {
    const registry = await startPrivate("robot", "s3cret");
    const secret = JSON.stringify({ host: registry.host, username: "robot", password: "s3cret" });
    const aws = await startAws({ GetSecretValue: () => ({ SecretString: secret }) });
    const cwd = makeDirectory();
    const env = { ...aws.env, USER_NAME: "robot", PASSWORD: "s3cret", NODE_DEBUG: "esm,module" };
    const loads: boolean[] = [];
    for (const credentials of ["env:USER_NAME,PASSWORD", "awssecret:///login"]) {
      writePrivateList(cwd, registry.host, credentials);
      const { code, stderr } = await runCommand(["plan"], { cwd, env });
      expect(code).toBe(0);
      const parts = new Set([...stderr.matchAll(/parts\/[\w-]+\.js/g)].map(([part]) => join(dirname(COMMAND), part)));
      expect(parts.size).toBeGreaterThan(1);
      loads.push([...parts].some((part) => readFileSync(part, "utf8").includes("SecretsManagerClient")));
    }
    expect(loads).toEqual([false, true]);
  });
});
