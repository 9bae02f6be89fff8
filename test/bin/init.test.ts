import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { loadSavedLayout } from "../corpus/case-registry.ts";
import { findCorpus } from "../verification/fixture-candidates.ts";
import { makeDirectory } from "./make-directory.ts";
import { runCommand } from "./run-command.ts";

const corpus = findCorpus();
if (corpus === null) process.stderr.write("skipped: init over real signatures, no corpus in CORPUS_DIR (default ../shared/corpus)\n");

const VERSIONS = ["v1.5.0", "v1.7.0", "v1.9.0", "v2.0.0", "v2.1.0"];

/** A repository whose releases carry real provenance, and one whose release carries nothing. */
async function serve(): Promise<string> {
  const store = new RegistryStore();
  for (const version of VERSIONS)
    if (corpus !== null) loadSavedLayout(store, "slsa/app", join(corpus, `slsa-verifier/oci-layout-${version}`), version);
  pushArtifact(store, "bare", buildImage({ seed: "bare" }), "v1.0.0");
  const registry = await startRegistry({ store });
  onTestFinished(() => registry.close());
  return registry.host;
}

describe("sealwatch init", () => {
  it.skipIf(corpus === null)(
    "proposes what real releases satisfy, which then audits as signed and which lint has nothing to say of",
    async () => {
      const host = await serve();
      const cwd = makeDirectory();
      const init = await runCommand(["init", `${host}/slsa/app`, "--write", "sealwatch.yaml"], { cwd });
      expect(init).toMatchObject({ code: 0, stdout: "" });
      expect(init.stderr).toContain("refs/tags/{tag}: 5 of 5 releases name their own tag");
      const text = readFileSync(join(cwd, "sealwatch.yaml"), "utf8");
      expect(text).toContain("repository: slsa-framework/example-package");
      expect(text).toContain("- attestation");
      expect((await runCommand(["lint"], { cwd })).stdout).toContain("0 warnings");
      const audit = await runCommand(["audit"], { cwd });
      expect(audit).toMatchObject({ code: 0, stdout: expect.stringMatching(/slsa\/app +5 +5 +0/) as string });
    },
  );

  it("proposes nothing for a repository that nobody signed, and touches no file", async () => {
    const host = await serve();
    const cwd = makeDirectory();
    writeFileSync(join(cwd, "sealwatch.yaml"), "version: 1 # ours\n");
    const { code, stderr, stdout } = await runCommand(["init", `${host}/bare`, "--write", "sealwatch.yaml"], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("v1.0.0: No signature");
    expect(readFileSync(join(cwd, "sealwatch.yaml"), "utf8")).toBe("version: 1 # ours\n");
  });

  it("says what it could not read", async () => {
    const cwd = makeDirectory();
    const { code, stderr } = await runCommand(["init", "127.0.0.1:1/app", "--write", "sealwatch.yaml"], { cwd });
    expect(code).toBe(3);
    expect(stderr).toContain("127.0.0.1:1/app");
    expect(existsSync(join(cwd, "sealwatch.yaml"))).toBe(false);
    expect((await runCommand(["init", "not a reference"], { cwd })).code).toBe(2);
  });
});
