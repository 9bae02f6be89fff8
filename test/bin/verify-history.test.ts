import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { formatHeadStatement } from "../../lib/history/chain/head-signature.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { auditNight, watch, watchList } from "../audit/night.ts";
import { runCommand } from "./run-command.ts";

let directory: string;
let registry: ControlRegistry;
let path: string;
const key = newKeyPair();
const run = (...parameters: string[]) => runCommand(["history", ...parameters, "--history", path], { cwd: directory });
const edit = (sql: string) => {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
};
const auditNights = async (...nights: number[]) => {
  const store = openSqliteHistory(path);
  for (const night of nights) await auditNight(watchList(watch(`${registry.host}/app`, key.pem)), store, night);
  await store.close();
};
/** Takes the last run away as somebody would who knows how the chain is made. */
async function rewindOneRun(): Promise<void> {
  const database = new DatabaseSync(path);
  const [last, before] = database.prepare("SELECT id, link FROM run ORDER BY number DESC LIMIT 2").all();
  const { position, hash, roll } = JSON.parse(before!["link"] as string);
  database.prepare("UPDATE chain_head SET head = ?").run(JSON.stringify({ position, run: before!["id"]!, hash, roll }));
  database.prepare("DELETE FROM run WHERE id = ?").run(last!["id"]!);
  database.close();
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-verify-"));
  path = join(directory, "history.db");
  registry = await startRegistry({ referrersApi: true });
  for (const tag of ["1.0.0", "1.0.1"]) {
    const image = buildImage({ seed: tag });
    pushArtifact(registry.store, "app", image, tag);
    if (tag === "1.0.0") signSimple(registry, "app", image, key);
  }
});
afterEach(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

describe("sealwatch history --verify", () => {
  it("says of real audits how many are whole, from when to when, and the head", async () => {
    await auditNights(0, 1, 2);
    const { code, stdout } = await run("--verify");
    expect(stdout).toMatch(/^3 runs whole, from 2026-11-01T02:00:00Z to 2026-11-03T02:00:00Z; head sha256:[0-9a-f]{64}\n$/);
    expect(code).toBe(0);
  });

  it("names the first run that was changed", async () => {
    await auditNights(0, 1, 2);
    edit("UPDATE observation SET observation = replace(observation, 'unsigned', 'signed') WHERE tag = '1.0.1'");
    const { code, stdout } = await run("--verify");
    expect(stdout).toMatch(
      /^the run of 2026-11-01T02:00:00Z was changed: the observation of \S+\/app:1\.0\.1 in \S+ is not as it was recorded\n$/,
    );
    expect(code).toBe(1);
  });

  it("names a run that is missing, and gives programs the same", async () => {
    await auditNights(0, 1, 2);
    edit("DELETE FROM run WHERE id = '2026-11-02T02:00:00Z'");
    const { code, stdout } = await run("--verify", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ runs: 2, fault: { run: "2026-11-02T02:00:00Z", kind: "missing" } });
    expect(code).toBe(1);
  });

  it("says what of an older history is unchained", async () => {
    await auditNights(0, 1);
    edit("UPDATE run SET link = NULL; DELETE FROM chain_head");
    expect(await run("--verify")).toMatchObject({ code: 1, stdout: expect.stringMatching(/^nothing to verify: 2 runs from before/) });
    await auditNights(2);
    const { code, stdout } = await run("--verify");
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^1 run whole, from 2026-11-03T02:00:00Z to 2026-11-03T02:00:00Z; head /),
      expect.stringMatching(/^unchained before 2026-11-03T\S+: 2 runs, of which nothing can be said$/),
      "",
    ]);
    expect(code).toBe(0);
  });

  it("wants every head signed by the key that is given", async () => {
    await auditNights(0, 1);
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(directory, "public.pem"), publicKey.export({ type: "spki", format: "pem" }));
    expect(await run("--verify", "--key", "public.pem")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^the run of 2026-11-02T02:00:00Z is not whole: it was closed last, and there is no signature over its hash\n$/,
      ),
    });
    const store = openSqliteHistory(path);
    const { position, run: id, hash } = (await store.chainHead())!;
    const signature = sign("sha256", Buffer.from(formatHeadStatement({ position, run: id, hash })), privateKey).toString("base64");
    await store.saveHeadSignature({ position, run: id, hash, signature });
    await store.close();
    const { code, stdout } = await run("--verify", "--key", "public.pem");
    expect(stdout).toMatch(/^2 runs whole, .*; head sha256:[0-9a-f]{64}, signed\n$/);
    expect(code).toBe(0);
  });

  it("compares with a head that was noted: as it was printed, or as it is signed", async () => {
    await auditNights(0, 1);
    const { stdout: printed } = await run("--verify", "--json");
    writeFileSync(join(directory, "head.json"), printed);
    writeFileSync(join(directory, "head.txt"), formatHeadStatement(JSON.parse(printed).head));
    const before = readFileSync(path);
    await auditNights(2);
    for (const head of ["head.json", "head.txt"]) expect(await run("--verify", "--head", head)).toMatchObject({ code: 0 });
    // The end is gone, with everything that says so.
    writeFileSync(path, before);
    await rewindOneRun();
    expect(await run("--verify")).toMatchObject({ code: 0 });
    for (const head of ["head.json", "head.txt"])
      expect(await run("--verify", "--head", head)).toMatchObject({ code: 1, stdout: expect.stringMatching(/its end is gone\n$/) });
  });

  it("names what people said since the last run", async () => {
    await auditNights(0);
    const image = buildImage({ seed: "2.0.0" });
    pushArtifact(registry.store, "app", image, "2.0.0");
    await auditNights(1);
    const store = openSqliteHistory(path);
    const [finding] = await store.findings({ live: true });
    await store.close();
    const acknowledge = ["findings", "acknowledge", finding!.id, "--until", "3d", "--reason", "known", "--owner", "kim", "--history", path];
    expect(await runCommand(acknowledge, { cwd: directory })).toMatchObject({ code: 0 });
    expect(await run("--verify")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`acknowledged or opened again since the last run: 1 (${finding!.id})\n`),
    });
  });

  it.each([
    [["--verify", "--head", "none.txt"], /--head none\.txt: write the path of a head/],
    [["--verify", "--head", "."], /--head \.: write the path of a head/],
    [["app:1.0.0", "--head", "none.txt"], /--head goes with --verify/],
    [["--verify", "--key", "none.pem"], /--key none\.pem: write the path of a public key/],
    [["app:1.0.0", "--key", "none.pem"], /--key goes with --verify/],
    [["--verify", "app:1.0.0"], /leave out the reference/],
    [["--verify", "--from", "2026-11-01"], /leave out the reference/],
    [[], /name a release or a repository, or write --verify/],
  ])("refuses %j with a remedy", async (parameters, message) => {
    await openSqliteHistory(path).close();
    const { stderr, code } = await run(...parameters);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
