import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClockCheck } from "../../lib/audit/check-clock.ts";
import { openRun } from "../../lib/audit/open-run.ts";
import { planWork } from "../../lib/audit/release-night.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { Scene } from "../timelines/scene.ts";
import { auditNight, nightAt, openClients, openMemory, watch } from "./night.ts";

const NOW = Date.parse("2026-12-01T02:00:00Z");
const HOUR = 3_600_000;
const PEM = "no key is read";

describe("the time of a run", () => {
  const store = openMemory();
  const open = (now: number, more: { scheduled?: boolean; today?: number } = {}) =>
    openRun(store, { now, scheduled: more.scheduled ?? true, partial: false, wallClock: () => more.today ?? NOW });
  const close = (id: string) =>
    store.closeRun({ id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 });

  it("may be any in a history of its own, and must then come after the newest closed run", async () => {
    const replay = openMemory();
    const at = (now: number) => openRun(replay, { now, scheduled: true, partial: false, wallClock: () => NOW });
    for (const hours of [24, 48]) {
      const { id } = await at(NOW + hours * HOUR);
      await replay.closeRun({ id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 });
    }
    await expect(at(NOW + 36 * HOUR)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("before the newest run") });
    expect((await at(NOW + 24 * HOUR)).status).toBe("closed");
    // That all runs before were ahead of the time of day forbids no night at its true time.
    expect((await at(NOW)).status).toBe("open");
  });

  it("must not be ahead of the time of day, nor before the newest closed run", async () => {
    await close((await open(NOW - 24 * HOUR)).id);
    await close((await open(NOW)).id);
    await expect(open(NOW + HOUR)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("is still to come") });
    await expect(open(NOW - HOUR)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("before the newest run, that of 2026-12-01T02:00:00Z"),
    });
    expect((await open(NOW - 24 * HOUR)).status).toBe("closed");
    expect((await open(NOW + 2 * 60_000)).status).toBe("open");
  });

  it("must not be before the newest closed run for a run that broke off, whatever broke off since", async () => {
    const broken = openMemory();
    const at = (now: number, scheduled = true) => openRun(broken, { now, scheduled, partial: false, wallClock: () => NOW });
    await at(NOW - 10 * HOUR);
    const { id } = await at(NOW - 8 * HOUR);
    await broken.closeRun({ id, finishedAt: id, complete: true, coverage: [], watchList: null, document: "{}", exitCode: 0 });
    for (let n = 1; n <= 20; n++) await broken.abandonRun((await at(NOW - 7 * HOUR + n * 60_000)).id);
    for (const hours of [10, 9])
      await expect(at(NOW - hours * HOUR)).rejects.toMatchObject({ message: expect.stringContaining("before the newest run") });
  });

  it("may go back where nobody named it", async () => {
    const { id, number } = await open(NOW - 48 * HOUR, { scheduled: false, today: NOW - 48 * HOUR });
    expect([id, number]).toEqual(["2026-11-29T02:00:00Z", 4]);
  });
});

describe("the clock of this machine", () => {
  const servers: Server[] = [];
  let clients: RegistryClients;
  beforeEach(() => {
    clients = openClients(0);
  });
  afterEach(async () => {
    await clients.close();
    for (const server of servers.splice(0)) server.close();
  });

  /** A registry that answers an empty list, with its own idea of the time. */
  const startHost = async (time: () => number): Promise<string> => {
    const server = createServer((_, response) => {
      response.sendDate = false;
      response.setHeader("Date", new Date(time()).toUTCString());
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ name: "app", tags: [] }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const checkAgainst = async (...times: (() => number)[]) => {
    const hosts = await Promise.all(times.map(startHost));
    const items = planWork(hosts.map((host) => watch(`${host}/app`, PEM)));
    const check = createClockCheck(items, clients, Date.now);
    await clients.of(items[0]!.entries[0].repository).listTags();
    return check;
  };

  it("is right where a registry says so, give or take an hour", async () => {
    const check = await checkAgainst(() => Date.now() + HOUR / 2);
    await expect(check.demand()).resolves.toBeUndefined();
    expect(check.warnings()).toEqual([]);
  });

  it("is wrong where the only registry, or most of them, say another time, and both times are told", async () => {
    const alone = await checkAgainst(() => nightAt(0));
    await expect(alone.demand()).rejects.toMatchObject({
      code: "clock",
      message: expect.stringMatching(
        /this machine's clock says \S+Z, and 127\.0\.0\.1:\d+ says 2026-11-01T02:00:\d\dZ; set the clock right/,
      ),
    });
    await clients.close();
    clients = openClients(0);
    const most = await checkAgainst(
      () => nightAt(0),
      Date.now,
      () => nightAt(0),
    );
    await expect(most.demand()).rejects.toMatchObject({ code: "clock" });
  });

  it("is not judged by one registry of several alone, if the others say no time", async () => {
    const silent = createServer((_, response) => {
      response.sendDate = false;
      response.writeHead(503).end();
    });
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const hosts = [await startHost(() => nightAt(0)), `127.0.0.1:${(silent.address() as AddressInfo).port}`];
    const items = planWork(hosts.map((host) => watch(`${host}/app`, PEM)));
    const check = createClockCheck(items, clients, Date.now);
    await clients.of(items[0]!.entries[0].repository).listTags();
    await expect(check.demand()).resolves.toBeUndefined();
    expect(check.warnings()).toHaveLength(1);
  });

  it("is right where one registry of several says another time, which is told", async () => {
    const check = await checkAgainst(() => nightAt(0), Date.now);
    await expect(check.demand()).resolves.toBeUndefined();
    expect(check.warnings()).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+: its clock says 2026-11-01T02:00/)]);
  });
});

describe("an audit on a machine whose clock is wrong", () => {
  it("stops before anything is recorded, and no later start goes on with its run", async () => {
    const [registry, store] = [await startRegistry(), openMemory()];
    try {
      const scene = new Scene(registry, store);
      scene.pushSigned("v1.0.0");
      const start = (now: number) => auditNight(scene.list, store, 0, { now, unnamed: true });
      await expect(start(Date.now() + 3 * HOUR)).rejects.toMatchObject({ code: "clock" });
      expect((await store.loadRepository(scene.repository)).tags.size).toBe(0);
      expect(await store.runs({ limit: 2 })).toMatchObject([{ status: "abandoned" }]);
      const { document } = await start(Date.now());
      expect(document.run.complete).toBe(true);
      expect(Math.abs(Date.parse(document.run.id) - Date.now())).toBeLessThan(HOUR);
      // Whoever names the time says so against all clocks.
      await auditNight(scene.list, openMemory(), 0, { now: nightAt(0) });
    } finally {
      await registry.close();
    }
  });
});
