import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { Digest } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { ReportModel, ReportRelease } from "../../lib/report/report-model.ts";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { auditFixtures, packOf, reportOn } from "./packed-history.ts";

let store: HistoryStore;
let model: ReportModel;
let whole: Map<string, Uint8Array>;
const server = startDynamodb();
const inTable: { store?: HistoryStore } = {};
beforeAll(async () => {
  if (HAS_DYNAMODB) inTable.store = server.open(await server.createTable());
  store = await auditFixtures(...Object.values(inTable));
  model = await reportOn(store, 0);
  whole = await packOf(model, store);
});
afterAll(() => Promise.all([store.close(), inTable.store?.close()]));

const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string => Buffer.from(files.get(name) ?? []).toString();
const evidenceIn = (files: ReadonlyMap<string, Uint8Array>): string[] => [...files.keys()].filter((name) => name.startsWith("evidence/"));
const lastOf = (files: ReadonlyMap<string, Uint8Array>): string => textOf(files, "verify.sh").trimEnd().split("\n").at(-2)!;

/** The same history, but for some of its evidence. */
function without(digests: ReadonlySet<Digest>, how: "missing" | "changed" | "unreadable"): HistoryStore {
  const fail = {
    changed: new SealwatchError("history-damaged", "other bytes"),
    unreadable: new Error("the disk does not answer"),
    missing: null,
  };
  const loadEvidence: HistoryStore["loadEvidence"] = (digest) => {
    if (!digests.has(digest)) return store.loadEvidence(digest);
    const error = fail[how];
    return error === null ? Promise.resolve(null) : Promise.reject(error);
  };
  return Object.assign(Object.create(store) as HistoryStore, { loadEvidence });
}

const releases = (): ReportRelease[] => model.repositories.flatMap((repository) => [...repository.releases]);
const signed = (): ReportRelease => releases().find(({ verdict, repository }) => verdict === "signed" && repository.endsWith("/cosign2"))!;

describe("a pack", () => {
  it("holds the manifest of every signature that a release counts for signed by", () => {
    const artifacts = releases().flatMap(({ signers }) => signers.map(({ artifact }) => `evidence/${artifact.replace(":", "/")}`));
    expect(artifacts.length).toBeGreaterThan(17);
    for (const name of artifacts) expect(JSON.parse(textOf(whole, name))).toMatchObject({ schemaVersion: 2, layers: expect.any(Array) });
    expect(whole.has("MISSING.txt")).toBe(false);
  });

  it.runIf(HAS_DYNAMODB)("is the same file by file where the history is in DynamoDB", async () => {
    const other = await packOf(await reportOn(inTable.store!, 0), inTable.store!);
    expect([...other.keys()]).toEqual([...whole.keys()]);
    expect(other).toEqual(whole);
  });

  it("says of a history from before manifests were kept that they are missing, and checks every signature all the same", async () => {
    const manifests = new Set(releases().flatMap(({ signers }) => signers.map(({ artifact }) => artifact)));
    const older = await packOf(model, without(manifests, "missing"));
    const lines = textOf(older, "MISSING.txt").split("\n").slice(4, -1);
    expect(new Set(lines.map((line) => line.split("  ")[1]))).toEqual(manifests);
    expect(lines[0]).toMatch(/^missing {2}sha256:\w{64} {2}a signature manifest of 127\.0\.0\.1:\d+\/\S+:1\.0\.\d$/);
    expect(textOf(older, "verify.sh")).toContain(`MISSING.txt names ${manifests.size} that the history does not hold as recorded`);
    expect(lastOf(older)).toBe(lastOf(whole));
    expect(evidenceIn(older)).toHaveLength(evidenceIn(whole).length - manifests.size);
  });
});

describe("evidence that is not in the history as it was recorded", () => {
  it.each([
    ["missing", "evidence not kept"],
    ["changed", "evidence changed in the history"],
  ] as const)("%s facts of a release are named, and it is not checked", async (how, why) => {
    const { repository, tag, digest, basis } = signed();
    const files = await packOf(model, without(new Set([basis.facts!]), how));
    expect(textOf(files, "MISSING.txt")).toContain(`\n${how}  ${basis.facts}  what was found out of ${repository}:${tag}\n`);
    expect(textOf(files, "verify.sh")).toContain(`\nskip ${repository}:${tag} ${digest} '${why}'\n`);
  });

  it("is named for a release that is unsigned, too", async () => {
    const { repository, tag, basis } = releases().find(({ verdict }) => verdict === "unsigned")!;
    const files = await packOf(model, without(new Set([basis.facts!]), "changed"));
    expect(textOf(files, "MISSING.txt")).toContain(`\nchanged  ${basis.facts}  what was found out of ${repository}:${tag}\n`);
  });

  it("that is any one file is named, and nothing of it is in the pack", async () => {
    for (const name of evidenceIn(whole)) {
      const digest = name.slice("evidence/".length).replace("/", ":") as Digest;
      const isOwn = (await store.loadEvidence(digest)) !== null;
      // A signature is a part of the facts, and of no file of the history.
      if (!isOwn) continue;
      const files = await packOf(model, without(new Set([digest]), "changed"));
      expect(textOf(files, "MISSING.txt")).toContain(`\nchanged  ${digest}  `);
      expect(files.has(name)).toBe(false);
    }
  });

  it("is not taken for missing where it could not be read: there is no pack then", async () => {
    const { basis } = signed();
    await expect(packOf(model, without(new Set([basis.facts!]), "unreadable"))).rejects.toThrow("the disk does not answer");
  });

  it("that is the policy is named once, and nothing that was judged by it is checked", async () => {
    const epoch = signed().basis.epoch as Digest;
    const files = await packOf(model, without(new Set([epoch]), "missing"));
    expect(textOf(files, "MISSING.txt").match(/a policy with its keys/g)).toHaveLength(1);
    expect(textOf(files, "verify.sh")).toContain(" 'policy not kept'\n");
  });
});
