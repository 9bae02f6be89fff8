import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { auditNight, watch, watchList } from "../audit/night.ts";
import { runCommand } from "./run-command.ts";

const [key, other] = [newKeyPair(), newKeyPair()];
let directory: string;
let registry: ControlRegistry;
const run = (...parameters: string[]) => runCommand(["audit", ...parameters], { cwd: directory });
const history = () => join(directory, ".sealwatch", "history.db");
const write = (name: string, keys: readonly string[], more = "") =>
  writeFileSync(
    join(directory, name),
    `version: 1
policies:
  p: { signers: [${keys.map((file) => `{ name: ${file}, key: ${file}.pub }`).join(", ")}] }
repositories: [{ repository: ${registry.host}/app, policy: p }]
${more}`,
  );

/** A night over a release by our key, one by another, and a bare one. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-what-if-"));
  mkdirSync(join(directory, ".sealwatch"));
  registry = await startRegistry({ referrersApi: true });
  for (const tag of ["1.0.0", "1.1.0", "1.2.0"]) {
    const image = buildImage({ seed: tag });
    pushArtifact(registry.store, "app", image, tag);
    if (tag !== "1.2.0") signSimple(registry, "app", image, tag === "1.0.0" ? key : other);
  }
  for (const [name, { pem }] of Object.entries({ release: key, other })) writeFileSync(join(directory, `${name}.pub`), pem);
  write("sealwatch.yaml", ["release"]);
  const store = openSqliteHistory(history());
  await auditNight(watchList(watch(`${registry.host}/app`, key.pem)), store, 0);
  await store.close();
});
afterAll(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

describe("sealwatch audit --what-if", () => {
  it("says what turns red and what turns green, and ends as an audit under it would", async () => {
    const exemption = `{ repository: ${registry.host}/app, tags: ["1.2.0"], reason: EOL, owner: platform, until: 2036-01-01 }`;
    write("other.yaml", ["other"], `exemptions: [${exemption}]`);
    const { code, stdout } = await run("--what-if", "other.yaml", "--now", "2026-11-02T02:00:00Z");
    expect(stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, " "))).toEqual([
      "REPOSITORY RELEASES TURN RED TURN GREEN RED GREEN UNCLEAR",
      `${registry.host}/app 3 1 2 1 2 0`,
      expect.stringMatching(/^ 1\.0\.0 signed -> untrusted unexpected-signer: /),
      " 1.1.0 untrusted -> signed",
      " 1.2.0 unsigned -> unsigned (exempt)",
      "1 turn red, 2 turn green, 0 unclear: by what was recorded up to the run of 2026-11-01T02:00:00Z; no registry was asked, nothing written",
      "",
    ]);
    expect(code).toBe(1);
  });

  it("asks no registry and leaves every byte of the history as it was", async () => {
    write("other.yaml", ["other"]);
    const [digest, requests] = [digestOf(readFileSync(history())), registry.requests.count()];
    const { code, stdout } = await run("--what-if", "other.yaml", "--json", "--all");
    expect([code, registry.requests.count()]).toEqual([1, requests]);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { releases: 3, turnRed: 1, turnGreen: 1, unclear: 0 } });
    expect(digestOf(readFileSync(history()))).toBe(digest);
    expect(readdirSync(join(directory, ".sealwatch"))).toEqual(["history.db"]);
  });

  it.each([
    ["unknown", ["release"], 1],
    ["regression", ["release", "other"], 0],
    ["regression", ["other"], 1],
    ["never", ["other"], 0],
  ] as const)("ends by --fail-on %s under the keys %j with %i", async (failOn, keys, expected) => {
    write("other.yaml", keys);
    expect((await run("--what-if", "other.yaml", "--fail-on", failOn)).code).toBe(expected);
  });

  it("refuses a file that is wrong or missing, and a history that an earlier version wrote", async () => {
    writeFileSync(join(directory, "other.yaml"), "version: 1\nrepositories: 7\n");
    expect(await run("--what-if", "other.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("other.yaml:2") });
    expect(await run("--what-if", "absent.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("absent.yaml does not exist") });
    write("other.yaml", ["release"]);
    const database = new DatabaseSync(history());
    database.exec("PRAGMA user_version = 2");
    database.close();
    expect(await run("--what-if", "other.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("brings it up to date") });
    expect(await run("--what-if", "other.yaml", "--history", "none.db")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("does not exist"),
    });
  });
});
