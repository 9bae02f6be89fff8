import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditInCall } from "../../lib/audit/audit-call.ts";
import { concurrencyOf, groupWork } from "../../lib/audit/group-work.ts";
import type { Called, Part } from "../../lib/audit/part.ts";
import { planRun } from "../../lib/audit/plan-run.ts";
import { planWork } from "../../lib/audit/release-night.ts";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { MANNER } from "../../lambdas/doors/manner.ts";
import { newSettings } from "../registry/open-clients.ts";
import { auditNight, nightAt, NO_CLIENTS, openClients, openMemory, ReportShelf, watch, watchList } from "./night.ts";
import { playParts, toldOf, type Played, type Script } from "./play-parts.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;
const shelf = new ReportShelf();

function push(repository: string, tag: string, signed = true): Artifact {
  const image = buildImage({ seed: `${repository}:${tag}` });
  pushArtifact(registry.store, repository, image, tag);
  if (signed) signSimple(registry, repository, image, key);
  return image;
}

/** What a night would audit, by registry. */
async function planNight(n: number): Promise<ReturnType<typeof groupWork>> {
  return groupWork(
    await planRun(list, { now: nightAt(n), scheduled: true, wallClock: () => nightAt(n), only: null }, { store, clients: NO_CLIENTS }),
    list,
  );
}

const playNight = (n: number, script?: Script): Promise<Played> => playParts(n, { list, store, shelf }, script);

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem), watch(`${registry.host}/api`, key.pem));
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("a run in parts", () => {
  it("comes to the same history as a run in one piece, however small the parts", async () => {
    for (let at = 0; at < 12; at++) push("app", `1.0.${at}`, at % 5 !== 0);
    push("api", "2.0.0");
    const whole = openMemory();
    await auditNight(list, whole, 0);
    const played = await playNight(0, { judgedAtOnce: 3 });
    expect(played.calls).toBeGreaterThan(4);
    for (const { name } of planWork(list.repositories)) {
      expect(await Array.fromAsync(store.observations(name, {}))).toEqual(await Array.fromAsync(whole.observations(name, {})));
      const [cut, uncut] = [await store.loadRepository(name), await whole.loadRepository(name)];
      const states = ({ tags }: typeof cut) => new Map([...tags].map(([tag, { version: _version, ...state }]) => [tag, state]));
      expect(states(cut)).toEqual(states(uncut));
      expect(cut.repository).toEqual({ ...uncut.repository!, version: cut.repository!.version });
    }
    expect(toldOf(played)).toEqual(["baseline - -", "baseline - -"]);
    expect(played.concluded.document).toMatchObject({ run: { complete: true }, summary: { releases: 13, signed: 10, unsigned: 3 } });
    expect((await store.runs({ limit: 1 }))[0]).toMatchObject({ status: "closed", complete: true });
    await whole.close();
  });

  it("tells regressions once, and writes nothing of a quiet night but the run", async () => {
    const image = push("app", "1.0.0");
    push("api", "2.0.0");
    await playNight(0);
    registry.store.untag("app", cosignTag(image.digest, ".sig"));
    expect(toldOf(await playNight(1))).toEqual(["opened signature-detached 1.0.0"]);
    const before = await store.loadRepository(`${registry.host}/app`);
    expect(toldOf(await playNight(2))).toEqual([]);
    expect(await store.loadRepository(`${registry.host}/app`)).toEqual(before);
  });

  it("writes last month's report by the first run of the next that sees everything, and tells it once", async () => {
    push("app", "1.0.0");
    push("api", "2.0.0");
    list = { ...list, reports: [{ every: "month", formats: ["csv"], notify: null }] };
    await playNight(0);
    const broken = await playNight(30, { broken: ["api"] });
    expect(broken.concluded.warnings).toEqual(["report of 2026-11: waits for a run that sees everything; this one was not complete"]);
    expect(shelf.files.size).toBe(0);
    expect(toldOf(await playNight(31))).toEqual(["recovered coverage-lost -", "report - -"]);
    expect([...shelf.files.keys()]).toEqual(["2026-11/report.csv"]);
    expect(toldOf(await playNight(32))).toEqual([]);
  });

  it("gets further with every part, also where each ends before anything is judged", async () => {
    for (let at = 0; at < 40; at++) push("app", `1.0.${at}`);
    const { plan } = await planRun(
      list,
      { now: nightAt(0), scheduled: true, wallClock: () => nightAt(0), only: null },
      { store, clients: NO_CLIENTS },
    );
    const [item] = planWork(list.repositories);
    let part: Called<Part> | null = null;
    let calls = 0;
    for (; part?.done !== true && calls < 20; calls++) {
      const clients = openClients(0);
      const controller = new AbortController();
      let asked = 0;
      registry.setOptions({ onRequest: ({ path }) => void (/manifests\/1\.0\.\d+$/.test(path) && ++asked === 4 && controller.abort()) });
      const ports = {
        store,
        trust: createTrustStore(new Map(), nightAt(0)),
        clients,
        progress: () => undefined,
        signal: controller.signal,
      };
      part = await auditInCall(
        item!,
        list,
        { run: plan.run, number: plan.number, now: nightAt(0), clock: () => nightAt(0), manner: MANNER },
        ports,
        part,
      );
      await clients.close();
    }
    expect(part).toMatchObject({ done: true, summary: { counts: { releases: 40, signed: 40 } } });
    expect(calls).toBeGreaterThan(1);
  });

  it("tells a repository whose audit broke off as coverage lost, begins with it the next time, and tells its recovery", async () => {
    push("app", "1.0.0");
    push("api", "2.0.0");
    await playNight(0);
    const played = await playNight(1, { broken: ["/api"] });
    expect(toldOf(played)).toEqual(["opened coverage-lost -"]);
    expect(played.concluded.document.run.complete).toBe(false);
    // Nobody looked: what was there the last time is expected, and none of it judged.
    expect(played.concluded.coverage).toContainEqual(
      expect.objectContaining({ repository: `${registry.host}/api`, listed: false, expected: 1, releases: 0, judged: 0 }),
    );
    const registries = await planNight(2);
    expect(registries).toEqual([{ host: registry.host, repositories: [`${registry.host}/api`, `${registry.host}/app`], concurrency: 4 }]);
    expect(toldOf(await playNight(2))).toEqual(["recovered coverage-lost -"]);
  });

  it("begins with a repository whose audit broke off in the middle, and counts what it did not reach as expected", async () => {
    for (let at = 0; at < 10; at++) push("api", `2.0.${at}`);
    push("app", "1.0.0");
    await playNight(0);
    const played = await playNight(1, { judgedAtOnce: 2, cutOff: ["/api"] });
    expect(toldOf(played)).toEqual(["opened coverage-lost -"]);
    const seen = played.concluded.coverage.find(({ repository }) => repository.endsWith("/api"));
    expect(seen).toMatchObject({ listed: false, expected: 10, unknown: 0 });
    expect(seen!.judged).toBeLessThan(10);
    expect(seen!.judged).toBeGreaterThan(0);
    const registries = await planNight(2);
    expect(registries[0]!.repositories[0]).toBe(`${registry.host}/api`);
  });

  it("tells credentials that are refused once a registry", async () => {
    push("app", "1.0.0");
    push("api", "2.0.0");
    await playNight(0);
    registry.setFault({ when: { kind: "tags" }, fault: "403" });
    expect(toldOf(await playNight(1))).toEqual(["opened coverage-lost -"]);
    list = { ...list, repositories: list.repositories.toReversed() };
    expect(toldOf(await playNight(2))).toEqual([]);
    registry.setFault(null);
    expect(toldOf(await playNight(3))).toEqual(["recovered coverage-lost -"]);
  });

  it("leaves what is read from a registry with a budget to one call at a time, signatures included", async () => {
    const parsed = parseRepository("docker.io/acme/signatures");
    if (parsed.kind === "malformed") throw new Error(parsed.detail);
    const registries = new Map([["docker.io", newSettings("docker.io", { budget: { requests: 90, seconds: 21_600 } })]]);
    const away = watch("quay.io/acme/web", key.pem, { signatureRepository: parsed.repository });
    list = { ...watchList(watch("docker.io/acme/app", key.pem), away, watch("quay.io/acme/api", key.pem)), registries };
    expect(await planNight(0)).toEqual([
      { host: "docker.io", repositories: ["docker.io/acme/app", "quay.io/acme/web"], concurrency: 1 },
      { host: "quay.io", repositories: ["quay.io/acme/api"], concurrency: 4 },
    ]);
    expect([concurrencyOf(["quay.io/acme/web"], list), concurrencyOf(["quay.io/acme/api"], list)]).toEqual([1, 4]);
  });

  it("plans nothing for a time whose run is closed", async () => {
    push("app", "1.0.0");
    await playNight(0);
    expect(await planNight(0)).toEqual([]);
  });

  it("plans nothing for a time whose run a later one has taken over", async () => {
    push("app", "1.0.0");
    await planNight(0);
    await playNight(1);
    expect(await planNight(0)).toEqual([]);
  });
});
