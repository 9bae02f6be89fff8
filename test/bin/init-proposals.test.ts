import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { runCommand, startCommand } from "./run-command.ts";
import { serveSigned, WORKFLOW } from "./serve-signed.ts";

describe("sealwatch init under a private Sigstore", () => {
  it("proposes what audits as signed, and names the root from where the watch list is", async () => {
    const { host, cwd, sign } = await serveSigned();
    for (const tag of ["v1.0.0", "v1.1.0"]) sign("app", tag);
    for (const tag of ["v1.0.0", "v1.1.0"]) sign("api", tag, { form: "attestation", predicateType: "https://slsa.dev/provenance/v1" });
    const args = ["init", `${host}/app`, `${host}/api`, "--trusted-root", "root.json", "--write", "sealwatch.yaml"];
    expect(await runCommand(args, { cwd })).toMatchObject({ code: 0, stdout: "" });
    const text = readFileSync(join(cwd, "sealwatch.yaml"), "utf8");
    expect(text).toContain("trustedRoot: root.json");
    expect(text).toContain("    require:\n      - predicate: slsa-provenance\n");
    expect(await runCommand(["audit"], { cwd })).toMatchObject({ code: 0 });
  });

  it("says that another root is needed where the one there is does not know who signed", async () => {
    const { host, cwd, sign } = await serveSigned();
    sign("app", "v1.0.0");
    const { code, stderr } = await runCommand(["init", `${host}/app`], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("for a private Sigstore name its trusted_root.json by --trusted-root FILE");
    expect(await runCommand(["init", `${host}/app`, "--trusted-root", "none.json"], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--trusted-root none.json: cannot be read") as string,
    });
  });

  it("says that a root is too old, with 3, and not that nobody can be named", async () => {
    const { host, cwd, sign } = await serveSigned();
    sign("app", "v1.0.0");
    const { code, stderr } = await runCommand(["init", `${host}/app`, "--now", "2099-01-01"], { cwd });
    expect(code).toBe(3);
    expect(stderr).toContain("the trusted root public-good is too old");
    expect(stderr).not.toContain("can be named");
  });
});

describe("sealwatch init where releases are signed by key", () => {
  it("prints a policy to fill in, and writes none", async () => {
    const { host, cwd, registry, push } = await serveSigned();
    signSimple(registry, "app", push("app", "v1.0.0"), newKeyPair());
    const { code, stdout, stderr } = await runCommand(["init", `${host}/app`, "--write", "sealwatch.yaml"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("- key: FILE\n");
    expect(stderr).toContain("1 of 1 releases are signed by key: put the public key's file in place of FILE");
    expect(existsSync(join(cwd, "sealwatch.yaml"))).toBe(false);
  });

  it("says how many a keyless policy misses, and what would help", async () => {
    const { host, cwd, registry, push, sign } = await serveSigned();
    sign("app", "v1.1.0");
    signSimple(registry, "app", push("app", "v1.0.0"), newKeyPair());
    const { code, stderr } = await runCommand(["init", `${host}/app`, "--trusted-root", "root.json"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("1 of 2 releases are not satisfied but signed by key: add - key: FILE to signers");
  });
});

describe("sealwatch init --write", () => {
  it("keeps the file's mode", async () => {
    const { host, cwd, sign } = await serveSigned();
    sign("app", "v1.0.0");
    const file = join(cwd, "sealwatch.yaml");
    writeFileSync(file, "version: 1\n");
    chmodSync(file, 0o640);
    const args = ["init", `${host}/app`, "--trusted-root", "root.json", "--write", file];
    expect(await runCommand(args, { cwd })).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readFileSync(file, "utf8")).toContain(`${WORKFLOW}{tag}`);
  });

  it("names itself where it cannot write, and the place where the file is broken", async () => {
    const { host, cwd, sign } = await serveSigned();
    sign("app", "v1.0.0");
    const init = (file: string) => runCommand(["init", `${host}/app`, "--trusted-root", "root.json", "--write", file], { cwd });
    expect(await init(cwd)).toMatchObject({ code: 2, stderr: expect.stringContaining("--write") as string });
    writeFileSync(join(cwd, "broken.yaml"), "version: 1\nrepositories: [1\n");
    const { code, stderr } = await init("broken.yaml");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^broken\.yaml:3:1: error: found /m);
    expect(stderr).toContain("nothing was written");
    expect(readFileSync(join(cwd, "broken.yaml"), "utf8")).toBe("version: 1\nrepositories: [1\n");
  });
});

describe("sealwatch init where something goes wrong", () => {
  it("refuses a reference to one release", async () => {
    const { host, cwd } = await serveSigned();
    const { code, stderr } = await runCommand(["init", `${host}/app:v1.0.0`], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`write ${host}/app without :v1.0.0`);
  });

  it("names the failure of a tag that it could not resolve", async () => {
    const { host, cwd, registry, sign } = await serveSigned();
    sign("app", "v1.0.0");
    registry.setFault([{ when: { path: "app/manifests/v1.0.0" }, fault: "403" }]);
    const { code, stderr } = await runCommand(["init", `${host}/app`, "--trusted-root", "root.json"], { cwd });
    expect(code).toBe(3);
    expect(stderr).toMatch(/not looked at: v1\.0\.0 \(HEAD manifests\/v1\.0\.0 .*: 403; it was read anonymously: it asked for no login\)/);
    expect(stderr).not.toContain("no release tags");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("says on %s that nothing was written, and nothing else", async (signal, code) => {
    const { host, cwd, registry, sign } = await serveSigned();
    sign("app", "v1.0.0");
    registry.setFault([{ when: { path: "app/manifests/v1.0.0" }, fault: "hang" }]);
    const command = startCommand(["init", `${host}/app`, "--trusted-root", "root.json", "--write", "sealwatch.yaml"], { cwd });
    await expect.poll(() => registry.requests.count(), { timeout: 60_000 }).toBeGreaterThan(1);
    command.child.kill(signal);
    const outcome = await command.outcome;
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toBe("sealwatch: stopping (once more to end at once)\nsealwatch: init: stopped; nothing was written\n");
    expect(existsSync(join(cwd, "sealwatch.yaml"))).toBe(false);
  });
});
