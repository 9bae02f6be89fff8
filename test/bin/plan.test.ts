import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCommand, type Outcome } from "./run-command.ts";
import { serveSigned, writeWatchList, type SignedRegistry } from "./serve-signed.ts";

/** Plans the audit of one repository of a registry. */
async function plan(served: SignedRegistry, ...args: string[]): Promise<Outcome> {
  writeWatchList(served.cwd, [`${served.host}/acme/app`]);
  return runCommand(["plan", ...args], { cwd: served.cwd, env: { DOCKER_CONFIG: served.cwd } });
}

describe("sealwatch plan", () => {
  it("says as whom a registry is read, and which tags are releases", async () => {
    const served = await serveSigned();
    served.sign("acme/app", "v1.0.0");
    const { code, stdout } = await plan(served);
    expect(code).toBe(0);
    expect(stdout).toContain("  read anonymously: it asked for no login\n");
    expect(stdout).toContain("1 releases: v1.0.0");
  });

  it("warns of a repository of which nothing is watched", async () => {
    const served = await serveSigned();
    served.push("acme/app", "nightly-1");
    const { code, stdout } = await plan(served);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "  warning: nothing is watched: the registry lists 1 tag, and none is a release by the watch list: 1 not-a-version\n",
    );
  });

  it("ends with 3 if something could not be listed", async () => {
    const served = await serveSigned();
    served.registry.setFault({ when: () => true, fault: "503" });
    const { code, stdout } = await plan(served);
    expect(code).toBe(3);
    expect(stdout).toContain("login failed: ");
  });

  it("ends with 2, and names the file without a login, if the registry demands one", async () => {
    const served = await serveSigned();
    served.registry.setOptions({ auth: { kind: "basic", user: "ci", password: "s3cret" } });
    const { code, stdout } = await plan(served);
    expect(code).toBe(2);
    expect(stdout).toContain(`it was read anonymously: no login for ${served.host} in ${served.cwd}/config.json`);
    const auth = Buffer.from("ci:wrong").toString("base64");
    writeFileSync(join(served.cwd, "config.json"), JSON.stringify({ auths: { [served.host]: { auth } } }));
    expect((await plan(served)).stdout).toContain("; user ci was refused");
  });
});
