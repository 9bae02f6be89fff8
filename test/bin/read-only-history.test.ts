import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { auditNight } from "../audit/night.ts";
import { Scene } from "../timelines/scene.ts";
import { makeDirectory } from "./make-directory.ts";
import { COMMAND } from "./run-command.ts";

/** Permissions do not bind root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

let registry: ControlRegistry;
let copy: string;
let ids: string[];
beforeEach(async () => {
  registry = await startRegistry();
  const own = makeDirectory();
  const path = join(own, "history.db");
  const store = openSqliteHistory(path);
  const scene = new Scene(registry, store);
  scene.pushSigned("v1.0.0");
  await auditNight(scene.list, store, 0);
  scene.push("v1.0.1");
  await auditNight(scene.list, store, 1);
  ids = (await store.findings({ live: true })).map(({ id }) => id);
  await store.close();
  chmodSync(own, 0o755);
  copy = join(own, "copy");
  mkdirSync(copy);
  copyFileSync(path, join(copy, "history.db"));
  chmodSync(join(copy, "history.db"), 0o444);
  chmodSync(copy, 0o555);
});
afterEach(async () => {
  chmodSync(copy, 0o755);
  await registry.close();
});

function run(...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
  const all = [COMMAND, ...parameters, "--history", join(copy, "history.db")];
  return spawnSync(process.execPath, all, { cwd: "/", encoding: "utf8", env: { HOME: "/" }, ...NOBODY });
}

describe("a copy of a history that nobody may write", () => {
  it("can be read, verified and reported", () => {
    expect(run("findings", "list").stdout).toContain(ids[0]);
    expect(run("findings", "show", ids[0]!).stdout).toContain("v1.0.1");
    expect(run("history", `${registry.host}/app:v1.0.1`).stdout).toContain("unsigned");
    expect(run("history", "--verify")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^2 runs whole/) });
    expect(run("report", "--month", "2026-11", "--format", "csv")).toMatchObject({ status: 0, stdout: expect.stringContaining("v1.0.1") });
    expect(readdirSync(copy)).toEqual(["history.db"]);
  });

  it("cannot be changed, and says so", () => {
    const { status, stderr } = run("findings", "acknowledge", ids[0]!, "--until", "3d", "--reason", "known", "--owner", "kim");
    expect(status).toBe(2);
    expect(stderr).toMatch(/history\.db: it (?:may not be written|cannot be opened)/);
  });

  it("is not read as less than it is where its log lies beside it", () => {
    chmodSync(copy, 0o755);
    writeFileSync(join(copy, "history.db-wal"), "log");
    chmodSync(copy, 0o555);
    const { status, stderr } = run("history", "--verify");
    expect(status).toBe(2);
    expect(stderr).toMatch(/what was recorded last is in \S+history\.db-wal, .*copy both files/);
  });
});
