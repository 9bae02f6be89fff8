import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CredentialSource } from "../../lib/registry/credentials/credential.ts";
import { createCredentialSource } from "../../lib/registry/credentials/credential-source.ts";
import { normaliseDockerHost } from "../../lib/registry/credentials/docker-host.ts";

const ANONYMOUS = { kind: "anonymous" };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-credentials-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Credentials of an environment where nothing asks AWS. */
function openSource(environment: Readonly<Record<string, string>>): CredentialSource {
  const refuse = () => Promise.reject(new Error("AWS was asked"));
  return createCredentialSource({
    environment,
    aws: { getAuthorizationToken: refuse, assumeRole: refuse },
    readSecret: refuse,
    now: Date.now,
  });
}

const basic = (username: string, password: string) => ({ kind: "basic", username, password });
const encode = (text: string) => Buffer.from(text).toString("base64");

let files = 0;
/** Writes a Docker configuration and asks for a host by it. */
async function load(config: unknown, registry: string, setting: string | null = null) {
  const directory = join(folder, `config-${files++}`);
  await mkdir(directory);
  await writeFile(join(directory, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  return openSource({ DOCKER_CONFIG: directory, PATH: `${folder}:${process.env["PATH"]}` }).load(registry, setting);
}

/** Puts a credential helper on the path that runs the given shell lines. */
async function writeHelper(name: string, lines: string): Promise<void> {
  const path = join(folder, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, 0o755);
}

describe("a Docker configuration", () => {
  it.each([
    ["ghcr.io", "ghcr.io"],
    ["https://ghcr.io", "ghcr.io"],
    ["https://ghcr.io/v2/", "ghcr.io"],
    ["GHCR.io", "ghcr.io"],
    ["ghcr.io:443", "ghcr.io"],
    ["https://index.docker.io/v1/", "docker.io"],
    ["registry-1.docker.io", "docker.io"],
    ["registry.internal:5000", "registry.internal:5000"],
  ])("names by %s the host %s", async (key, registry) => {
    expect(await load({ auths: { [key]: { auth: encode("robot:se:cret") } } }, registry)).toEqual(basic("robot", "se:cret"));
  });

  it.each([
    ["ghcr.io", "evil-ghcr.io"],
    ["ghcr.io", "ghcr.io.evil.example"],
    ["ghcr.io", "ghcr.io:5000"],
    ["registry.internal:5000", "registry.internal"],
    ["docker.io", "hub.docker.io"],
    ["quay.io/acme", "quay.io"],
    ["*.io", "ghcr.io"],
  ])("does not name by %s the host %s", async (key, registry) => {
    expect(await load({ auths: { [key]: { auth: encode("robot:secret") } } }, registry)).toMatchObject(ANONYMOUS);
  });

  it("may hold user name and password apart, or an identity token", async () => {
    expect(await load({ auths: { "ghcr.io": { username: "robot", password: "secret" } } }, "ghcr.io")).toEqual(basic("robot", "secret"));
    const entry = { auth: encode("00000000-0000-0000-0000-000000000000:"), identitytoken: "refresh" };
    expect(await load({ auths: { "acme.azurecr.io": entry } }, "acme.azurecr.io")).toEqual({
      kind: "identity-token",
      username: "00000000-0000-0000-0000-000000000000",
      token: "refresh",
    });
  });

  it("says what is wrong with it, without the secret", async () => {
    expect(await load("not json: s3cret", "ghcr.io")).toMatchObject({ kind: "unavailable" });
    const broken = await load({ auths: { "ghcr.io": { auth: encode("s3cret-without-colon") } } }, "ghcr.io");
    expect(broken).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify(broken)).not.toContain("s3cret");
  });

  it("is not needed, and is named where it has no login", async () => {
    expect(await openSource({}).load("ghcr.io", null)).toEqual({ ...ANONYMOUS, why: "no login for ghcr.io" });
    const file = join(folder, "nobody", ".docker", "config.json");
    const nobody = await openSource({ HOME: join(folder, "nobody") }).load("ghcr.io", "docker");
    expect(nobody).toEqual({ ...ANONYMOUS, why: `no login for ghcr.io in ${file}` });
  });

  it("comes after the file of REGISTRY_AUTH_FILE", async () => {
    const directory = join(folder, "both");
    await mkdir(directory);
    await writeFile(
      join(directory, "config.json"),
      JSON.stringify({ auths: { "a.io": { auth: encode("docker:1") }, "b.io": { auth: encode("docker:2") } } }),
    );
    await writeFile(join(directory, "auth.json"), JSON.stringify({ auths: { "a.io": { auth: encode("podman:1") } } }));
    const source = openSource({ DOCKER_CONFIG: directory, REGISTRY_AUTH_FILE: join(directory, "auth.json") });
    expect([await source.load("a.io", null), await source.load("b.io", null)]).toEqual([basic("podman", "1"), basic("docker", "2")]);
  });
});

describe("a credential helper", () => {
  it("is asked for the host that it is configured for", async () => {
    await writeHelper("echo", `read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"$1\\",\\"Secret\\":\\"for $server\\"}"`);
    expect(await load({ credHelpers: { "ghcr.io": "echo" } }, "ghcr.io")).toEqual(basic("get", "for ghcr.io"));
    expect(await load({ credHelpers: { "ghcr.io": "echo" } }, "quay.io")).toMatchObject(ANONYMOUS);
    expect(await load({ credsStore: "echo" }, "docker.io")).toEqual(basic("get", "for https://index.docker.io/v1/"));
    expect(await load({ credsStore: "echo", auths: { "https://quay.io": {} } }, "quay.io")).toEqual(basic("get", "for https://quay.io"));
  });

  it("may give an identity token", async () => {
    await writeHelper("token", `cat >/dev/null; echo '{"Username":"<token>","Secret":"refresh"}'`);
    expect(await load({ credsStore: "token" }, "ghcr.io")).toEqual({ kind: "identity-token", username: "<token>", token: "refresh" });
  });

  it("that has nothing for a host leaves it anonymous", async () => {
    await writeHelper("none", `echo "credentials not found in native keychain"; exit 1`);
    expect(await load({ credsStore: "none" }, "ghcr.io")).toMatchObject(ANONYMOUS);
  });

  it.each([
    ["fails", "failing", "echo s3cret; exit 3"],
    ["prints no JSON", "words", "echo s3cret"],
    ["prints too much", "flood", "yes s3cret"],
  ])("that %s is unavailable, without what it printed", async (_, name, lines) => {
    await writeHelper(name, lines);
    const credential = await load({ credHelpers: { "ghcr.io": name } }, "ghcr.io");
    expect(credential).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify(credential)).not.toContain("s3cret");
  });

  it.each(["not-installed", "../../bin/sh", "a b", ""])("named %j is unavailable", async (name) => {
    expect(await load({ credHelpers: { "ghcr.io": name } }, "ghcr.io")).toMatchObject({ kind: "unavailable" });
  });
});

describe("the credentials of the watch list", () => {
  const source = openSource({ REGISTRY_USER: "robot", REGISTRY_PASSWORD: "secret", EMPTY: "" });

  it("are read from the variables that it names", async () => {
    expect(await source.load("ghcr.io", "env:REGISTRY_USER,REGISTRY_PASSWORD")).toEqual(basic("robot", "secret"));
  });

  it.each([
    ["env:REGISTRY_USER,MISSING", "MISSING"],
    ["env:EMPTY,REGISTRY_PASSWORD", "EMPTY"],
    ["env:REGISTRY_USER", "no name"],
  ])("are unavailable where %s is not set", async (setting, name) => {
    const credential = await source.load("ghcr.io", setting);
    expect(credential).toMatchObject({ kind: "unavailable" });
    expect(JSON.stringify(credential)).toContain(name);
  });

  it("may be none", async () => {
    expect(await load({ auths: { "ghcr.io": { auth: encode("robot:secret") } } }, "ghcr.io", "anonymous")).toMatchObject(ANONYMOUS);
  });

  it("are those of AWS for ECR hosts, unless Docker has an entry", async () => {
    const host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
    expect(await source.load(host, null)).toMatchObject({ kind: "unavailable" });
    expect(await load({ auths: { [host]: { auth: encode("AWS:token") } } }, host)).toEqual(basic("AWS", "token"));
  });
});

describe("a key of Docker's configuration", () => {
  it.each(["quay.io/acme", "https://ghcr.io/v3/", "http://", "", "https://a.io/v1/../x"])("%j names no whole host", (key) => {
    expect(normaliseDockerHost(key)).toBeNull();
  });
});
