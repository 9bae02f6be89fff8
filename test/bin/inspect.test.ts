import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { makeSigstore } from "../sigstore/test-sigstore.ts";
import { runCommand, startCommand, type Outcome } from "./run-command.ts";
import { ISSUER, serveSigned, WORKFLOW, writeWatchList } from "./serve-signed.ts";

function inspect(reference: string, cwd: string, ...args: string[]): Promise<Outcome> {
  return runCommand(["inspect", reference, ...args], { cwd });
}

describe("sealwatch inspect", () => {
  it("shows the answer of every suffix once, the one that the registry itself gave", async () => {
    const { host, cwd, sign } = await serveSigned();
    const image = sign("app", "v1.0.0");
    writeWatchList(cwd, [`${host}/app`]);
    const { code, stdout } = await inspect(`${host}/app:v1.0.0`, cwd);
    expect(code).toBe(0);
    const tag = `tag sha256-${image.digest.slice(7, 15)}…`;
    expect(stdout).toContain(`${tag}.sig: 1 layer; ${tag}.cosign: not found; ${tag}.att: not found; ${tag}.sbom: not found\n`);
  });

  it("prints for a moving tag the command with the version by whose name it was judged", async () => {
    const { host, cwd, registry, sign } = await serveSigned();
    pushArtifact(registry.store, "app", sign("app", "v2.0.0"), "latest");
    writeWatchList(cwd, [`${host}/app`]);
    const { code, stdout } = await inspect(`${host}/app:latest`, cwd);
    expect(code).toBe(0);
    expect(stdout).toContain(`cosign verify --certificate-identity=${WORKFLOW}v2.0.0 `);
    expect(stdout).toContain("--trusted-root root.json ");
    expect(stdout).not.toContain("refs/tags/latest");
  });

  it("prints of several names the one that the signature has", async () => {
    const { host, cwd, registry, sign } = await serveSigned();
    const image = sign("app", "v2.0.0");
    for (const tag of ["v2.0.1", "latest"]) pushArtifact(registry.store, "app", image, tag);
    writeWatchList(cwd, [`${host}/app`]);
    expect((await inspect(`${host}/app:latest`, cwd)).stdout).toContain(`--certificate-identity=${WORKFLOW}v2.0.0 `);
  });

  it("prints the command for attestations that are required, and for those that are not accepted", async () => {
    const { host, cwd, sign } = await serveSigned();
    sign("app", "v1.0.0");
    sign("api", "v1.0.0", { form: "attestation", predicateType: "https://slsa.dev/provenance/v1" });
    writeWatchList(cwd, [`${host}/app`, `${host}/api`], "    require: [{ predicate: spdx }]\n");
    const { stdout } = await inspect(`${host}/app:v1.0.0`, cwd);
    expect(stdout).toContain("cosign verify --certificate-identity=");
    expect(stdout).toMatch(/cosign verify-attestation .* --type spdxjson /);
    expect((await inspect(`${host}/api:v1.0.0`, cwd)).stdout).toMatch(/verify-attestation .* --type https:\/\/slsa\.dev\/provenance\/v1 /);
  });

  it("shows what an attestation of a stranger says that it is, as unverified", async () => {
    const { host, cwd, sign } = await serveSigned();
    const evil = "https://p.example/\u001b[31mred";
    sign("app", "v1.0.0", { form: "attestation", predicateType: evil, subject: `${WORKFLOW}v9` });
    writeWatchList(cwd, [`${host}/app`]);
    const { stdout } = await inspect(`${host}/app:v1.0.0`, cwd);
    expect(stdout).toContain(String.raw`Predicate (not verified): https://p.example/\u{1b}[31mred`);
    const json = await inspect(`${host}/app:v1.0.0`, cwd, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ candidates: [{ predicateType: null, claimedPredicateType: evil }] });
    expect(JSON.stringify((JSON.parse(json.stdout) as { commands: unknown }).commands)).not.toContain("p.example");
  });

  it("looks under the root that is named, else under the watch list's, and says which", async () => {
    const { host, cwd, sign } = await serveSigned();
    sign("app", "v1.0.0");
    writeWatchList(cwd, [`${host}/app`]);
    writeFileSync(join(cwd, "other.json"), makeSigstore("other").trustedRoot);
    const signer = ["--certificate-identity", `${WORKFLOW}v1.0.0`, "--certificate-oidc-issuer", ISSUER];
    expect(await inspect(`${host}/app:v1.0.0`, cwd, ...signer)).toMatchObject({ code: 0 });
    const other = await inspect(`${host}/app:v1.0.0`, cwd, ...signer, "--trusted-root", "other.json");
    expect(other.code).toBe(1);
    expect(other.stdout).toContain("Trusted root: other.json\n");
    expect(await inspect(`${host}/app:v1.0.0`, cwd, "--trusted-root", "other.json")).toMatchObject({ code: 2 });
  });

  it("says that there is no such release only where the registry said so", async () => {
    const { host, cwd, registry, sign } = await serveSigned();
    sign("app", "v1.0.0");
    writeWatchList(cwd, [`${host}/app`]);
    expect((await inspect(`${host}/app:v3.0.0`, cwd)).stdout).toContain("There is no such release to judge");
    registry.setFault([{ when: { path: "app/manifests/v1.0.0" }, fault: "403" }]);
    const { code, stdout } = await inspect(`${host}/app:v1.0.0`, cwd);
    expect(code).toBe(3);
    expect(stdout).toMatch(/could not be learned: GET manifests\/v1\.0\.0 .*: 403/);
    expect(stdout).not.toContain("no such release");
  });

  it("says when it is stopped that nothing was recorded, and no verdict", async () => {
    const { host, cwd, registry, sign } = await serveSigned();
    sign("app", "v1.0.0");
    writeWatchList(cwd, [`${host}/app`]);
    registry.setFault([{ when: { path: "app/manifests/v1.0.0" }, fault: "hang" }]);
    const command = startCommand(["inspect", `${host}/app:v1.0.0`], { cwd });
    await expect.poll(() => registry.requests.count(), { timeout: 60_000 }).toBeGreaterThan(1);
    command.child.kill("SIGINT");
    expect(await command.outcome).toEqual({
      code: 130,
      stdout: "",
      stderr: "sealwatch: stopping (once more to end at once)\nsealwatch: inspect: stopped; nothing was recorded\n",
    });
  });
});
