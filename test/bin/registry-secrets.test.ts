import { describe, expect, it } from "vitest";
import { openAws } from "../../bin/doors/aws.ts";
import { createCredentialSource } from "../../lib/registry/credentials/credential-source.ts";
import type { CredentialSource } from "../../lib/registry/credentials/credential.ts";
import { encode, setEnvironment, startAws, type AwsAnswer } from "./aws-server.ts";
import { makeDirectory } from "./make-directory.ts";
import { startPrivate, writePrivateList } from "./private-registry.ts";
import { runCommand } from "./run-command.ts";

const NAME = "awssecret:///prod/login";
const ROBOT = { host: "ghcr.io", username: "robot", password: "s3cret" };
const basic = { kind: "basic", username: "robot", password: "s3cret" };
const text = (secret: unknown): AwsAnswer => ({
  Name: "prod/login",
  SecretString: typeof secret === "string" ? secret : JSON.stringify(secret),
});

/** Credentials by a Secrets Manager that answers so. */
async function openSource(answer: (id: string, time: number) => AwsAnswer) {
  const aws = await startAws({ GetSecretValue: (input, time) => answer(String(input["SecretId"]), time) });
  setEnvironment(aws.env);
  const { port, readSecret } = openAws(new AbortController().signal);
  const source: CredentialSource = createCredentialSource({ environment: {}, aws: port, readSecret, now: Date.now });
  return { aws, source };
}

async function load(secret: unknown, registry = "ghcr.io") {
  const { source } = await openSource(() => text(secret));
  return source.load(registry, NAME);
}

describe("a secret of AWS as the login of a registry", () => {
  it("is one host with user name and password, or a Docker configuration", async () => {
    expect(await load(ROBOT)).toEqual(basic);
    expect(await load({ auths: { "https://ghcr.io": { auth: encode("robot:s3cret") }, "quay.io": { auth: encode("other:x") } } })).toEqual(
      basic,
    );
    expect(await load({ ...ROBOT, host: "https://index.docker.io/v1/" }, "docker.io")).toEqual(basic);
  });

  it("is read once, whoever asks for it", async () => {
    const { aws, source } = await openSource(() =>
      text({ auths: { "ghcr.io": { auth: encode("robot:s3cret") }, "quay.io": { auth: encode("robot:s3cret") } } }),
    );
    expect(await Promise.all([source.load("ghcr.io", NAME), source.load("quay.io", NAME)])).toEqual([basic, basic]);
    expect(await source.load("ghcr.io", NAME)).toEqual(basic);
    expect(aws.asked).toEqual([["GetSecretValue", { SecretId: "prod/login" }]]);
  });

  it("is read in the region of its ARN", async () => {
    const { aws, source } = await openSource(() => text(ROBOT));
    const arn = "arn:aws:secretsmanager:us-east-2:111122223333:secret:prod/login-AbCdEf";
    expect(await source.load("ghcr.io", `awssecret:///${arn}`)).toEqual(basic);
    expect(aws.asked).toEqual([["GetSecretValue", { SecretId: arn }]]);
    expect(aws.authorizations[0]).toContain("/us-east-2/secretsmanager/");
  });

  it.each([
    ["evil-ghcr.io", ROBOT],
    ["ghcr.io.evil.example", ROBOT],
    ["ghcr.io:5000", ROBOT],
    ["quay.io", ROBOT],
    ["evil.example", { ...ROBOT, host: "*" }],
    ["ghcr.io", { ...ROBOT, host: "ghcr.io/acme" }],
    ["evil.example", { auths: { "ghcr.io": { auth: encode("robot:s3cret") } } }],
    [
      "evil.example",
      { auths: { "ghcr.io": { auth: encode("robot:s3cret") } }, host: "evil.example", username: "robot", password: "s3cret" },
    ],
  ])("is not for %s, which it does not name", async (registry, secret) => {
    const credential = await load(secret, registry);
    expect(credential).toMatchObject({ kind: "unavailable", detail: expect.stringContaining("the secret prod/login: ") as string });
    expect(JSON.stringify(credential)).not.toMatch(/s3cret|robot/);
  });

  it.each([
    ["no JSON", "robot:s3cret"],
    ["a list", [ROBOT]],
    ["a key twice", `{"host":"quay.io","host":"ghcr.io","username":"robot","password":"s3cret"}`],
    ["no host", { username: "robot", password: "s3cret" }],
    ["no password", { host: "ghcr.io", username: "robot" }],
    ["a number for a password", { ...ROBOT, password: 53 }],
    ["an empty entry", { auths: { "ghcr.io": {} } }],
    ["auths of another type", { auths: [ROBOT] }],
    ["no base64 of user:password", { auths: { "ghcr.io": { auth: encode("s3cret") } } }],
    ["a helper only", { credHelpers: { "ghcr.io": "s3cret" }, credsStore: "s3cret" }],
    ["too much", { ...ROBOT, more: "s3cret".repeat(20_000) }],
    ["nothing in it", " "],
  ])("is not to be used with %s", async (_, secret) => {
    const credential = await load(secret);
    expect(credential).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify(credential)).not.toMatch(/s3cret|robot/);
  });

  it.each<[string, AwsAnswer, string]>([
    ["binary", { SecretBinary: encode(JSON.stringify(ROBOT)) }, "found no text; store it as SecretString, not binary"],
    ["denied", { refusal: "AccessDeniedException" }, "AWS denied it; allow these credentials secretsmanager:GetSecretValue"],
    ["absent", { refusal: "ResourceNotFoundException" }, "it does not exist in that account and region"],
    [
      "under a key that is denied",
      { refusal: "DecryptionFailure" },
      "it cannot be decrypted; allow these credentials kms:Decrypt on its key",
    ],
  ])("is not to be had where it is %s", async (_, answer, detail) => {
    const { aws, source } = await openSource(() => answer);
    const unavailable = { kind: "unavailable", detail: `read the secret prod/login: ${detail}` };
    expect([await source.load("ghcr.io", NAME), await source.load("quay.io", NAME)]).toEqual([unavailable, unavailable]);
    expect(aws.asked).toHaveLength(1);
  });

  it("is waited for where AWS throttles", async () => {
    const { source } = await openSource((_, time) => (time === 0 ? { refusal: "ThrottlingException" } : text(ROBOT)));
    expect(await source.load("ghcr.io", NAME)).toEqual(basic);
  });
});

describe("the command", () => {
  it("logs in with a secret of AWS, and never to a host that the secret does not name", async () => {
    const registry = await startPrivate("robot", "s3cret");
    const other = await startPrivate("robot", "s3cret");
    const aws = await startAws({ GetSecretValue: () => text({ ...ROBOT, host: registry.host }) });
    const cwd = makeDirectory();
    writePrivateList(cwd, registry.host, NAME);
    const good = await runCommand(["plan"], { cwd, env: aws.env });
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining("login accepted")]);
    writePrivateList(cwd, other.host, NAME);
    const bad = await runCommand(["plan"], { cwd, env: aws.env });
    expect([bad.code, bad.stdout]).toEqual([2, expect.stringContaining(`its login is for another host than ${other.host}`)]);
    expect(other.requests.entries().filter(({ authorization }) => authorization)).toEqual([]);
    expect(bad.stdout + bad.stderr).not.toContain("s3cret");
  });
});
