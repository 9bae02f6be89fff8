import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { expandWatchList } from "../../lib/audit/expand-watch-list.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { DOORS } from "./doors.ts";
import { openClients, openMemory, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;

function push(repository: string, tag: string, signed = true): Artifact {
  const image = buildImage({ seed: `${repository}:${tag}` });
  pushArtifact(registry.store, repository, image, tag);
  if (signed) signSimple(registry, repository, image, key);
  return image;
}

/** `HOST/prod/**`, without what is below `prod/old/`. */
function watchAll(): WatchList {
  const { repository: _one, ...settings } = watch(`${registry.host}/x`, key.pem);
  const pattern = { registry: registry.host, path: "prod/**" };
  const exclude = [{ registry: registry.host, path: "prod/old/**" }];
  return { ...watchList(), patterns: [{ name: `${registry.host}/prod/**`, pattern, exclude, settings }] };
}

function short(name: string): string {
  return name.replace(`${registry.host}/`, "");
}

function repositoriesOf({ document }: Night): string[] {
  return document.repositories.map(({ repository }) => short(repository));
}

function toldOf({ told }: Night): string[] {
  return told.flatMap(({ entry, finding }) => (finding ? [`${entry.kind} ${finding.cause} ${short(finding.repository)}`] : []));
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchAll();
  push("prod/api", "1.0.0");
  push("prod/team/web", "1.0.0");
  push("prod/old/legacy", "1.0.0", false);
  push("dev/api", "1.0.0", false);
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe.each(Object.keys(DOORS) as (keyof typeof DOORS)[])("a pattern over a registry (%s)", (door) => {
  it("watches what it matches, every night anew, and tells what is new with what is unsigned in it", async () => {
    const auditNight = DOORS[door]();
    const first = await auditNight(list, store, 0);
    expect(repositoriesOf(first).toSorted()).toEqual(["prod/api", "prod/team/web"]);
    expect(toldOf(first)).toEqual([]);
    expect(first.document.run.complete).toBe(true);

    push("prod/new", "1.0.0");
    push("prod/new", "1.1.0", false);
    const second = await auditNight(list, store, 1);
    expect(toldOf(second)).toEqual(["opened repository-appeared prod/new"]);
    expect(second.document.findings).toMatchObject([{ cause: "repository-appeared", severity: "notice", tag: null }]);
    expect(second.told.flatMap(({ finding }) => finding?.facts.explanation ?? [])).toEqual([
      "its first complete audit found 2 releases: 1 signed, 1 unsigned",
    ]);
    expect(toldOf(await auditNight(list, store, 2))).toEqual([]);
  });

  it("tells a repository that is gone, once, and when it is back", async () => {
    const auditNight = DOORS[door]();
    await auditNight(list, store, 0);
    registry.store.deleteRepository("prod/team/web");
    const gone = await auditNight(list, store, 1);
    expect(toldOf(gone)).toEqual(["opened repository-gone prod/team/web"]);
    expect(repositoriesOf(gone)).toEqual(["prod/api"]);
    expect(toldOf(await auditNight(list, store, 2))).toEqual([]);
    push("prod/team/web", "1.0.0");
    expect(toldOf(await auditNight(list, store, 3))).toEqual(["recovered repository-gone prod/team/web"]);
  });

  it("audits a repository that only the list misses", async () => {
    const auditNight = DOORS[door]();
    await auditNight(list, store, 0);
    registry.setOptions({ hiddenFromCatalog: ["prod/api"] });
    const night = await auditNight(list, store, 1);
    expect(repositoriesOf(night).toSorted()).toEqual(["prod/api", "prod/team/web"]);
    expect(toldOf(night)).toEqual([]);
  });

  it.each(["503", "404-html", "401"] as const)("audits what it knows if the list fails (%s), and says so", async (fault) => {
    const auditNight = DOORS[door]();
    await auditNight(list, store, 0);
    registry.setFault({ when: { kind: "catalog" }, fault });
    const night = await auditNight(list, store, 1);
    expect(repositoriesOf(night).toSorted()).toEqual(["prod/api", "prod/team/web"]);
    expect(night.document.run.complete).toBe(false);
    expect(night.exitCode).toBe(3);
    const nights = [night, await auditNight(list, store, 2), await auditNight(list, store, 3), await auditNight(list, store, 4)];
    expect(nights.flatMap(toldOf)).toEqual(["opened coverage-lost prod/**"]);
    registry.setFault(null);
    expect(toldOf(await auditNight(list, store, 5))).toEqual(["recovered coverage-lost prod/**"]);
  });

  it("takes the first list that it gets as it is, however late it comes", async () => {
    const auditNight = DOORS[door]();
    registry.setFault({ when: { kind: "catalog" }, fault: "503" });
    await auditNight(list, store, 0);
    registry.setFault(null);
    const night = await auditNight(list, store, 1);
    expect(toldOf(night)).toEqual(["recovered coverage-lost prod/**"]);
    expect(repositoriesOf(night).toSorted()).toEqual(["prod/api", "prod/team/web"]);
  });

  it("tells the first night of a registry that does not list its repositories", async () => {
    const auditNight = DOORS[door]();
    registry.setFault({ when: { kind: "catalog" }, fault: "404-html" });
    const night = await auditNight(list, store, 0);
    expect(toldOf(night)).toEqual(["opened coverage-lost prod/**"]);
    expect(night.exitCode).toBe(3);
  });

  it("tells what was watched by a pattern that the watch list drops, as a loosening and not as gone", async () => {
    const auditNight = DOORS[door]();
    await auditNight(list, store, 0);
    const night = await auditNight({ ...list, repositories: [watch(`${registry.host}/prod/api`, key.pem)], patterns: [] }, store, 1);
    expect(toldOf(night)).toEqual(["opened policy-changed sealwatch.yaml"]);
  });
});

describe("an audit that is stopped while repositories are listed", () => {
  it("records nothing of the registry, which may have answered", async () => {
    const clients = openClients();
    const ports = { store, clients, signal: AbortSignal.abort() };
    await expect(expandWatchList(list, null, { id: "2026-11-20T02:00:00Z", number: 1 }, ports)).rejects.toMatchObject({ code: "aborted" });
    await clients.close();
    expect((await store.loadRepository(list.patterns[0]!.name)).repository).toBeNull();
  });
});
