import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { WatchedRepository } from "../../lib/watchlist/watch-list.ts";
import * as hostile from "./hostile-repository.ts";
import { auditNight, IMPATIENCE_SECONDS, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let other: ControlRegistry;
let store: HistoryStore;

function watchAll(changes: Partial<WatchedRepository> = {}): WatchedRepository[] {
  return [...hostile.HOSTILE, hostile.QUIET].map((name) => watch(`${registry.host}/${name}`, key.pem, changes));
}

function of(night: Night, name: string): Night {
  const releases = night.document.releases.filter(({ repository }) => repository === `${registry.host}/${name}`);
  return { ...night, document: { ...night.document, releases } };
}

/** The quiet repository lost a signature: this must be told, as ever. */
function expectQuietTold(night: Night): void {
  expect(verdictsOf(of(night, hostile.QUIET))).toEqual(["1.0.0 unsigned/nothing-found"]);
  const told = night.told.filter(({ finding }) => finding?.repository === `${registry.host}/${hostile.QUIET}`);
  expect(told.map(({ finding }) => finding?.cause)).toEqual(["signature-detached"]);
}

beforeAll(async () => {
  [registry, other] = [await startRegistry({ referrersApi: true }), await startRegistry()];
});
afterAll(async () => {
  await Promise.all([registry.close(), other.close()]);
});
beforeEach(async () => {
  store = openMemory();
  for (const name of [...hostile.HOSTILE, hostile.QUIET]) registry.store.deleteRepository(name);
  hostile.pushReleases(registry, key);
  await auditNight(watchList(...watchAll()), store, 0);
  hostile.deleteQuietSignature(registry);
  registry.requests.clear();
});

describe("a repository whose pushers mean harm", () => {
  it("makes no rows by thousands of tags that are no releases", async () => {
    hostile.pushJunkTags(registry, hostile.JUNK_TAGS, 20_000);
    const night = await auditNight(watchList(...watchAll()), store, 1);
    expectQuietTold(night);
    expect(verdictsOf(of(night, hostile.JUNK_TAGS))).toEqual(["1.0.0 signed"]);
    expect((await store.loadRepository(`${registry.host}/${hostile.JUNK_TAGS}`)).tags.size).toBe(1);
    expect(registry.requests.entries().filter(({ repository }) => repository === hostile.JUNK_TAGS).length).toBeLessThan(30);
  });

  it("has thousands of new versions taken in by and by, the highest first, and says so", async () => {
    hostile.pushJunkVersions(registry, hostile.JUNK_VERSIONS, 3000);
    const limits = { budget: { requests: 100_000, milliseconds: 3_600_000 }, newTags: 20 };
    for (const [n, waiting] of [
      [1, 2980],
      [2, 2960],
    ] as const) {
      const night = await auditNight(watchList(...watchAll()), store, n, { limits });
      if (n === 1) expectQuietTold(night);
      const known = of(night, hostile.JUNK_VERSIONS).document.releases.map(({ tag }) => tag);
      expect(known).toContain("1.0.0");
      expect(known).toContain("9.0.2999");
      expect(known).toHaveLength(1 + 20 * n);
      const repository = night.document.repositories.find(({ repository: name }) => name.endsWith(hostile.JUNK_VERSIONS));
      expect(repository?.leftOut).toMatchObject({ "next-night": waiting });
      expect(night.document.run.complete).toBe(false);
      expect(night.warnings.join("\n")).toContain(`${hostile.JUNK_VERSIONS}: ${waiting} new tags are more than this run takes in`);
      // A thousand tags on one digest do not name each other a thousand times.
      expect(Math.max(...night.document.findings.map((finding) => JSON.stringify(finding).length))).toBeLessThan(4000);
      const [run] = await store.runs({ limit: 1 });
      const coverage = run?.coverage.find(({ repository: name }) => name.endsWith(hostile.JUNK_VERSIONS));
      expect(coverage).toMatchObject({ releases: 1 + 20 * n, expected: 3001 });
      expect((await store.loadRepository(`${registry.host}/${hostile.JUNK_VERSIONS}`)).tags.size).toBe(1 + 20 * n);
    }
  });

  it("has hundreds of false signatures of one digest left unread, and is unknown", async () => {
    hostile.pushJunkReferrers(registry, 500);
    const night = await auditNight(watchList(...watchAll()), store, 1);
    expectQuietTold(night);
    expect(verdictsOf(of(night, hostile.JUNK_REFERRERS))).toEqual(["1.0.0 signed", "1.0.1 unknown/evidence-flooded"]);
    expect(registry.requests.entries().filter(({ repository }) => repository === hostile.JUNK_REFERRERS).length).toBeLessThan(300);
  });

  it.each(["index", "platforms"] as const)(
    "has no more than so many entries of an index looked at where the target is %s",
    async (target) => {
      hostile.pushWideIndex(registry, hostile.WIDE_INDEX, 1500);
      const night = await auditNight(watchList(...watchAll().map((watched) => ({ ...watched, target }))), store, 1);
      expect(verdictsOf(of(night, hostile.WIDE_INDEX)).at(-1)).toMatch(/^1\.0\.1 (?:unsigned|unknown)/);
      if (target === "index") expectQuietTold(night);
      expect(registry.requests.entries().filter(({ repository }) => repository === hostile.WIDE_INDEX).length).toBeLessThan(700);
    },
  );

  it("is left for the run where its host hangs, which is said, and the others are told as ever", async () => {
    other.setFault({ when: {}, fault: "hang" });
    const hanging = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => watch(`${other.host}/${name}`, key.pem));
    const night = await auditNight(watchList(...hanging, ...watchAll()), store, 1, { timeoutSeconds: IMPATIENCE_SECONDS });
    expectQuietTold(night);
    expect(night.warnings.join("\n")).toContain(`${other.host} is left for this run after 5 requests without an answer`);
    expect(night.document.run.complete).toBe(false);
    other.setFault(null);
  });
});
