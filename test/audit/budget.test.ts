import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditLimits } from "../../lib/audit/audit-limits.ts";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let list: WatchList;
let store: HistoryStore;

function push(from: number, to: number, signed = true): void {
  for (let at = from; at < to; at++) {
    const image = buildImage({ seed: String(at) });
    pushArtifact(registry.store, "app", image, `1.0.${at}`);
    if (signed) signSimple(registry, "app", image, key);
  }
}

function requests(count: number): { limits: AuditLimits } {
  return { limits: { budget: { requests: count, milliseconds: 3_600_000 }, newTags: 1000 } };
}

function tagsOf({ document }: Night, verdict: string): string[] {
  return document.releases.filter((release) => release.verdict === verdict).map(({ tag }) => tag);
}

beforeAll(async () => {
  registry = await startRegistry();
  list = watchList(watch(`${registry.host}/app`, key.pem));
});
afterAll(() => registry.close());
beforeEach(() => {
  store = openMemory();
  registry.setFault(null);
  registry.store.deleteRepository("app");
});

describe("the budget of a repository", () => {
  it("leaves known releases that it does not reach unknown, says so, and has them come first the next night", async () => {
    push(0, 300);
    await auditNight(list, store, 0);
    const first = await auditNight(list, store, 1, requests(300));
    const missed = first.document.releases.filter(({ reason }) => reason === "budget").map(({ tag }) => tag);
    expect(missed.length).toBeGreaterThan(50);
    expect(tagsOf(first, "signed").length).toBeGreaterThan(20);
    expect(first.document.run.complete).toBe(false);
    expect(first.warnings.join("\n")).toContain(`did not reach ${missed.length} of its known releases`);

    const second = await auditNight(list, store, 2, requests(600));
    const reached = tagsOf(second, "signed");
    expect(reached.length).toBeGreaterThan(20);
    expect(reached.length).toBeLessThan(missed.length);
    expect(reached.filter((tag) => !missed.includes(tag))).toEqual([]);
    const last = await auditNight(list, store, 3);
    expect(last.document.summary).toMatchObject({ signed: 300, unknown: 0 });
    expect(last.document.findings).toEqual([]);
  });

  it("asks for known releases before new ones, and takes no new one in that it does not reach", async () => {
    push(0, 20);
    await auditNight(list, store, 0);
    push(20, 400);
    const night = await auditNight(list, store, 1, requests(200));
    expect(tagsOf(night, "signed")).toEqual(expect.arrayContaining(["1.0.0", "1.0.19"]));
    expect(tagsOf(night, "unknown")).toEqual([]);
    const { tags } = await store.loadRepository(`${registry.host}/app`);
    const waiting = night.document.repositories[0]!.leftOut["next-night"]!;
    expect(waiting).toBeGreaterThan(200);
    expect(tags.size).toBe(400 - waiting);
    expect(night.document.run.complete).toBe(false);
  });

  it("is no end of a baseline: what a first night did not reach is taken as it is found later", async () => {
    push(0, 100, false);
    push(100, 200);
    const nights: Night[] = [];
    for (const n of [0, 1, 2]) nights.push(await auditNight(list, store, n, n < 2 ? requests(150) : {}));
    expect(nights.map(({ document }) => document.run.complete)).toEqual([false, false, true]);
    expect(nights[2]!.document.summary).toMatchObject({ releases: 200, signed: 100, unsigned: 100 });
    expect(nights.flatMap(({ document }) => document.findings)).toEqual([]);
    expect((await store.loadRepository(`${registry.host}/app`)).repository?.baselineRun).toBe(nights[2]!.document.run.id);
  });

  it("is one of time, too", async () => {
    push(0, 5);
    await auditNight(list, store, 0);
    const night = await auditNight(list, store, 1, { limits: { budget: { requests: 1000, milliseconds: 0.001 }, newTags: 1000 } });
    expect(night.document.releases.map(({ reason }) => reason)).toEqual(Array.from({ length: 5 }, () => "budget"));
  });
});

describe("an audit of one repository of the watch list", () => {
  it("says nothing about how much of the others was seen", async () => {
    push(0, 2);
    pushArtifact(registry.store, "other", buildImage({ seed: "other" }), "1.0.0");
    const both = watchList(...list.repositories, watch(`${registry.host}/other`, key.pem));
    await auditNight(both, store, 0);
    await auditNight(both, store, 1, { only: [`${registry.host}/app`] });
    const [partial] = await store.runs({ limit: 1 });
    expect(partial).toMatchObject({ partial: true });
    expect(partial?.coverage.map(({ repository }) => repository)).toEqual([`${registry.host}/app`]);
    const night = await auditNight(both, store, 2);
    expect(night.document.findings.filter(({ cause }) => cause === "coverage-lost")).toEqual([]);
  });
});
