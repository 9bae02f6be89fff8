import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openAws } from "../../bin/doors/aws.ts";
import { createCredentialSource } from "../../lib/registry/credentials/credential-source.ts";
import type { Credential } from "../../lib/registry/credentials/credential.ts";
import { newRepository, newSettings, openClients } from "../registry/open-clients.ts";
import { encode, newEcrAnswer, NO_ACCOUNT, setEnvironment, startAws, type AwsAnswer, type AwsScript } from "./aws-server.ts";
import { makeDirectory } from "./make-directory.ts";
import { startPrivate, writePrivateList } from "./private-registry.ts";
import { runCommand } from "./run-command.ts";

const NOW = 1_790_000_000_000;
const LATER = NOW / 1000 + 43_200;
const HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";
const ROLE = "arn:aws:iam::444455556666:role/reader";
const giving = (password: string): AwsScript => ({ GetAuthorizationToken: () => newEcrAnswer(password, LATER) });

/** Asks AWS for the login of a registry, as the run does. */
function load(registry: string, setting: string | null, environment: Record<string, string> = {}): Promise<Credential> {
  const { port, readSecret } = openAws(new AbortController().signal);
  return createCredentialSource({ environment, aws: port, readSecret, now: () => NOW }).load(registry, setting);
}

describe("the lists of a registry of ECR", () => {
  const question = { region: "eu-central-1", registryId: "111122223333", session: null };

  it("are asked for page by page, images of any status", async () => {
    const image = { imageDigest: "sha256:a", imageTags: ["v1"], subjectManifestDigest: "sha256:b", imageStatus: "ARCHIVED" };
    const aws = await startAws({
      DescribeImages: () => ({ imageDetails: [image, { imageDigest: "sha256:c" }], nextToken: "second" }),
      DescribeRepositories: () => ({ repositories: [{ repositoryName: "prod/api" }] }),
      DescribePullThroughCacheRules: () => ({ pullThroughCacheRules: [{ ecrRepositoryPrefix: "docker-hub" }] }),
    });
    setEnvironment(aws.env);
    const { port } = openAws(new AbortController().signal);
    expect(await port.describeImages("prod/api", { ...question, nextToken: "first" })).toEqual({
      entries: [
        { digest: "sha256:a", tags: ["v1"], subject: "sha256:b", status: "ARCHIVED" },
        { digest: "sha256:c", tags: [], subject: undefined, status: undefined },
      ],
      nextToken: "second",
    });
    expect(await port.describeRepositories({ ...question, nextToken: null })).toEqual({ entries: ["prod/api"], nextToken: undefined });
    expect((await port.describePullThroughCacheRules({ ...question, nextToken: null })).entries).toEqual(["docker-hub"]);
    const asked = { registryId: "111122223333", maxResults: 1000 };
    expect(aws.asked).toEqual([
      ["DescribeImages", { ...asked, repositoryName: "prod/api", filter: { imageStatus: "ANY" }, nextToken: "first" }],
      ["DescribeRepositories", asked],
      ["DescribePullThroughCacheRules", asked],
    ]);
  });

  it("come with the name of what AWS refused, by which the words for it are found", async () => {
    const aws = await startAws({ DescribeRepositories: () => ({ refusal: "AccessDeniedException" }) });
    setEnvironment(aws.env);
    const { port } = openAws(new AbortController().signal);
    await expect(port.describeRepositories({ ...question, nextToken: null })).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("the login of a registry of ECR", () => {
  it("is asked for in the account and the region of its name", async () => {
    const aws = await startAws(giving("s3cret"));
    setEnvironment(aws.env);
    expect(await load(HOST, null)).toEqual({
      kind: "basic",
      username: "AWS",
      password: "s3cret",
      renewAt: LATER * 1000 - 300_000,
      aws: { role: null },
    });
    expect(aws.asked).toEqual([["GetAuthorizationToken", { registryIds: ["111122223333"] }]]);
    expect(aws.authorizations[0]).toContain("/eu-central-1/ecr/");
  });

  it.each([
    ["111122223333.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1"],
    ["111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"],
    ["111122223333.dkr-ecr.eu-west-3.on.aws", "eu-west-3"],
  ])("is known by the name %s", async (host, region) => {
    const aws = await startAws(giving("s3cret"));
    setEnvironment(aws.env);
    expect(await load(host, null)).toMatchObject({ kind: "basic" });
    expect(aws.authorizations[0]).toContain(`/${region}/ecr/`);
  });

  it.each([
    `${HOST}.evil.example`,
    `evil-${HOST}`,
    `${HOST}:5000`,
    HOST.replace("amazonaws.com", "amazonaws.com.evil.example"),
    HOST.replace("eu-central-1", "eu.evil"),
    HOST.replace("111122223333", "acme"),
    "public.ecr.aws",
    "ghcr.io",
  ])("is not sent to %s", async (host) => {
    const aws = await startAws(giving("s3cret"));
    setEnvironment(aws.env);
    expect(await load(host, null)).toMatchObject({ kind: "anonymous" });
    expect(aws.asked).toEqual([]);
  });

  it("is Docker's where that has an entry", async () => {
    const aws = await startAws(giving("s3cret"));
    setEnvironment(aws.env);
    const folder = makeDirectory();
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [HOST]: { auth: encode("AWS:docker") } } }));
    expect(await load(HOST, null, { DOCKER_CONFIG: folder })).toEqual({ kind: "basic", username: "AWS", password: "docker" });
    expect(aws.asked).toEqual([]);
  });

  it("is that of a role where one is named", async () => {
    const session = { AccessKeyId: "ASIAROLE", SecretAccessKey: "x", SessionToken: "y", Expiration: "2026-12-01T00:00:00Z" };
    const aws = await startAws({ ...giving("s3cret"), AssumeRole: () => session });
    setEnvironment(aws.env);
    expect(await load(HOST, `ecr:${ROLE}`)).toMatchObject({ kind: "basic", password: "s3cret" });
    expect(aws.asked[0]).toEqual(["AssumeRole", expect.objectContaining({ RoleArn: ROLE })]);
    expect(aws.authorizations.map((text) => /Credential=(\w+)/.exec(text)?.[1])).toEqual(["AKIATEST", "ASIAROLE"]);
  });

  it("is waited for where AWS throttles", async () => {
    const aws = await startAws({
      GetAuthorizationToken: (_, time) => (time === 0 ? { refusal: "ThrottlingException" } : newEcrAnswer("s3cret", LATER)),
    });
    setEnvironment(aws.env);
    expect(await load(HOST, null)).toMatchObject({ kind: "basic", password: "s3cret" });
    expect(aws.asked).toHaveLength(2);
  });

  it.each<[string, AwsAnswer]>([
    ["no answer in it", {}],
    ["an empty list", { authorizationData: [] }],
    ["no token", { authorizationData: [{ expiresAt: LATER }] }],
    ["no end", { authorizationData: [{ authorizationToken: encode("AWS:s3cret") }] }],
    ["no base64", { authorizationData: [{ authorizationToken: "AWS:s3cret", expiresAt: LATER }] }],
    ["another user", { authorizationData: [{ authorizationToken: encode("root:s3cret"), expiresAt: LATER }] }],
    ["no password", { authorizationData: [{ authorizationToken: encode("AWS:"), expiresAt: LATER }] }],
    ["a line feed", { authorizationData: [{ authorizationToken: encode("AWS:s3cret\r\nx: y"), expiresAt: LATER }] }],
    ["too much", { authorizationData: [{ authorizationToken: encode(`AWS:${"s3cret".repeat(4000)}`), expiresAt: LATER }] }],
    ["a token of another type", { authorizationData: [{ authorizationToken: 1, expiresAt: LATER }] }],
  ])("is not to be had from an answer with %s", async (_, answer) => {
    const aws = await startAws({ GetAuthorizationToken: () => answer });
    setEnvironment(aws.env);
    const credential = await load(HOST, null);
    expect(credential).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify(credential)).not.toMatch(/s3cret|undefined/);
  });

  it.each([
    ["AccessDeniedException", "log in to ECR: AWS denied it; allow these credentials ecr:GetAuthorizationToken"],
    ["ExpiredTokenException", "log in to ECR: the AWS credentials have expired; renew them"],
    ["UnrecognizedClientException", "log in to ECR: the AWS credentials are refused; renew them"],
    ["StrangeException", "log in to ECR: ecr:GetAuthorizationToken failed (StrangeException)"],
  ])("is not to be had after %s, which is said without its message", async (refusal, detail) => {
    const aws = await startAws({ GetAuthorizationToken: () => ({ refusal }) });
    setEnvironment(aws.env);
    expect(await load(HOST, null)).toEqual({ kind: "unavailable", detail });
    expect(aws.asked).toHaveLength(1);
  });

  it("is not that of the run where its role is denied", async () => {
    const aws = await startAws({ ...giving("s3cret"), AssumeRole: () => ({ refusal: "AccessDenied" }) });
    setEnvironment(aws.env);
    const detail = `log in to ECR: take the role ${ROLE}: AWS denied it; allow these credentials sts:AssumeRole`;
    expect(await load(HOST, `ecr:${ROLE}`)).toEqual({ kind: "unavailable", detail });
    expect(aws.operations()).toEqual(["AssumeRole"]);
  });

  it("is not to be had without AWS credentials, and without a region", async () => {
    setEnvironment(NO_ACCOUNT);
    expect(await load(HOST, null)).toMatchObject({
      kind: "unavailable",
      detail: expect.stringContaining("found no AWS credentials") as string,
    });
    const aws = await startAws(giving("s3cret"));
    const { AWS_REGION: _, ...env } = aws.env;
    setEnvironment(env);
    expect(await load("registry.internal", "ecr")).toMatchObject({
      kind: "unavailable",
      detail: expect.stringContaining("AWS_REGION") as string,
    });
  });

  it("is not to be had from the public registry, which needs none", async () => {
    expect(await load("public.ecr.aws", "ecr")).toMatchObject({ kind: "unavailable" });
  });
});

describe("a registry of ECR", () => {
  it("is read by many with one question for its password, and with a new one before it ends", async () => {
    let now = NOW;
    const passwords = ["first", "second"];
    const aws = await startAws({ GetAuthorizationToken: (_, time) => newEcrAnswer(passwords[time]!, now / 1000 + 43_200) });
    setEnvironment(aws.env);
    const registry = await startPrivate("AWS", "first");
    const { port, readSecret } = openAws(new AbortController().signal);
    const credentials = createCredentialSource({ environment: {}, aws: port, readSecret, now: () => now });
    const { clients } = openClients([newSettings(registry.host, { credentials: "ecr" })], { credentials, now: () => now });
    onTestFinished(() => clients.close());
    const listAll = () => Promise.all(["acme/app", "acme/other"].map((path) => clients.of(newRepository(registry.host, path)).listTags()));
    expect((await listAll()).map(({ complete }) => complete)).toEqual([true, true]);
    expect(aws.asked).toEqual([["GetAuthorizationToken", {}]]);
    now += 43_200_000 - 301_000;
    await listAll();
    expect(aws.asked).toHaveLength(1);
    now += 2000;
    registry.setOptions({ auth: { kind: "basic", user: "AWS", password: "second" } });
    expect((await listAll()).map(({ complete }) => complete)).toEqual([true, true]);
    expect(aws.asked).toHaveLength(2);
  });

  it("is planned by the command, and says what AWS refuses", async () => {
    const registry = await startPrivate("AWS", "s3cret");
    const cwd = makeDirectory();
    writePrivateList(cwd, registry.host, "ecr");
    let refusal: string | null = null;
    const aws = await startAws({
      GetAuthorizationToken: () => (refusal === null ? newEcrAnswer("s3cret", Date.now() / 1000 + 43_200) : { refusal }),
    });
    const good = await runCommand(["plan"], { cwd, env: aws.env });
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining("login accepted")]);
    refusal = "ExpiredTokenException";
    const bad = await runCommand(["plan"], { cwd, env: aws.env });
    expect([bad.code, bad.stdout]).toEqual([2, expect.stringContaining("the AWS credentials have expired; renew them")]);
    expect(bad.stdout + bad.stderr).not.toContain("s3cret");
  });
});
