import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { auditNight, watch, watchList } from "../audit/night.ts";
import { runCommand } from "./run-command.ts";

let directory: string;
let registry: ControlRegistry;
const key = newKeyPair();
const run = (...parameters: string[]) =>
  runCommand(["history", ...parameters, "--history", join(directory, "history.db")], { cwd: directory });

/** Nights 0 to 4 (1 to 5 November): signed, deleted, unreadable, signed again, gone. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-history-"));
  registry = await startRegistry({ referrersApi: true });
  const store = openSqliteHistory(join(directory, "history.db"));
  const list = watchList(watch(`${registry.host}/app`, key.pem));
  const [image, other] = ["1.0.0", "1.0.1"].map((tag) => {
    const built = buildImage({ seed: tag });
    pushArtifact(registry.store, "app", built, tag);
    signSimple(registry, "app", built, key);
    return built;
  });
  await auditNight(list, store, 0);
  const signature = registry.store.digestOfTag("app", cosignTag(image!.digest, ".sig"))!;
  registry.store.deleteManifest("app", signature);
  await auditNight(list, store, 1);
  registry.setFault({ when: () => true, fault: "503" });
  await auditNight(list, store, 2);
  registry.setFault(null);
  signSimple(registry, "app", image!, key);
  await auditNight(list, store, 3);
  registry.store.deleteManifest("app", other!.digest);
  registry.store.untag("app", "1.0.1");
  await auditNight(list, store, 4);
  await store.close();
});
afterAll(async () => {
  await registry.close();
  await rm(directory, { recursive: true });
});

describe("sealwatch history", () => {
  it("tells the timeline of a release, with what was told of it and the nights that did not see it", async () => {
    const { stdout, code: exitCode } = await run(`${registry.host}/app:1.0.0`, "--now", "2026-11-30T00:00:00Z");
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe(`${registry.host}/app:1.0.0`);
    expect(
      lines.slice(1).map((line) =>
        line
          .replace(/  +/g, " ")
          .replace(/ sha256:\S+/, "")
          .replace(/ [0-9A-Z]{8}$/, " ID"),
      ),
    ).toEqual([
      "2026-11-01 02:00 signed by release (cosign-tag)",
      "2026-11-02 02:00 unsigned nothing-found",
      "2026-11-02 02:00 opened signature-deleted (alert) ID",
      expect.stringMatching(/^ restore: sealwatch restore [0-9A-Z]{8} --output signature --history \S+$/),
      expect.stringMatching(/^2026-11-03 02:00 unknown /),
      "2026-11-03 02:00 the list of tags was not complete",
      "2026-11-04 02:00 signed by release (cosign-tag)",
      "2026-11-04 02:00 recovered signature-deleted (alert)",
    ]);
  });

  it("tells what the releases of a repository were on a past day, and how much was seen then", async () => {
    const state = async (day: string) =>
      (await run(`${registry.host}/app`, "--to", day)).stdout
        .replace(/  +/g, " ")
        .replaceAll(/ sha256:\S+/g, "")
        .split("\n")
        .slice(1);
    expect(await state("2026-10-31")).toEqual(["Nobody had looked by then.", ""]);
    expect(await state("2026-11-02")).toEqual([
      "Last look: 2026-11-02 02:00 UTC, complete list, 2 of 2 judged, 0 unknown",
      " 1.0.0 unsigned nothing-found since 2026-11-02 02:00",
      " 1.0.1 signed since 2026-11-01 02:00",
      "",
    ]);
    expect((await state("2026-11-03"))[0]).toMatch(/^Last look: 2026-11-03 02:00 UTC, incomplete list, 0 of 2 judged, 2 unknown$/);
    expect(await state("2026-11-05")).toMatchObject([{}, " 1.0.0 signed since 2026-11-04 02:00", ""]);
  });

  it("gives programs the same", async () => {
    const release = JSON.parse((await run(`${registry.host}/app:1.0.0`, "--from", "2026-11-02", "--to", "2026-11-02", "--json")).stdout);
    expect(release).toMatchObject({
      tag: "1.0.0",
      observations: [
        { run: "2026-11-01T02:00:00Z", verdict: "signed" },
        { run: "2026-11-02T02:00:00Z", verdict: "unsigned" },
      ],
      changes: [{ kind: "opened", cause: "signature-deleted", finding: expect.stringMatching(/^[0-9A-Z]{8}$/) }],
      gaps: [],
    });
    const past = JSON.parse((await run(`${registry.host}/app`, "--to", "2026-11-01", "--json")).stdout);
    expect(past.releases).toMatchObject([
      { tag: "1.0.0", verdict: "signed", signers: [{ signer: "release" }] },
      { tag: "1.0.1", verdict: "signed" },
    ]);
  });

  it.each([
    [["app:1.0.0", "--from", "2026-02-30"], /--from 2026-02-30: write a day/],
    [["app", "--from", "2026-11-01"], /--from is for one release/],
    [["app:1.0.0", "--from", "2026-11-05", "--to", "2026-11-01"], /is after 2026-11-01/],
    [["UPPER"], /UPPER: the repository is lower-case/],
  ])("refuses %j with a remedy", async (parameters, message) => {
    const { stderr, code: exitCode } = await run(...parameters);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("says so where nothing is recorded of a release", async () => {
    const { stdout, code: exitCode } = await run(`${registry.host}/app:9.9.9`);
    expect([stdout.split("\n")[1], exitCode]).toEqual(["Nothing is recorded of it.", 0]);
  });
});
