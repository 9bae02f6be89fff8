import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { openClient, openClients, newRepository, newSettings } from "./open-clients.ts";
import { sendJson, startServer } from "./start-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function start(options: Parameters<typeof startRegistry>[0] = {}) {
  const registry = await startRegistry(options);
  open.push(registry);
  const { digest } = registry.store.putManifest("acme/app", JSON.stringify({ schemaVersion: 2 }), OCI_MANIFEST, "v1");
  for (let tag = 0; tag < 100; tag++) registry.store.tag("acme/app", `v1.${tag}`, digest);
  return registry;
}

function openAt(...options: Parameters<typeof openClient>) {
  const opened = openClient(...options);
  open.push(opened.clients);
  return opened;
}

describe("a host that fails", () => {
  it("is tried again after waits that grow", async () => {
    const registry = await start();
    registry.setFault({ when: { kind: "tags" }, fault: "500" });
    const { client, waits, clients } = openAt(registry.host, {}, { random: () => 1 });
    await client.listTags();
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    expect(clients.traffic()).toMatchObject([{ requests: 5, retries: 4, throttled: 0 }]);
  });

  it.each([0, 1, 7])("gets %i further attempts where the watch list says so", async (retries) => {
    const registry = await start();
    registry.setFault({ when: { kind: "tags" }, fault: "503" });
    expect(await openAt(registry.host, { retries }).client.listTags()).toMatchObject({ failure: { attempts: retries + 1 } });
  });

  it("is left for the run after five requests without an answer, and says so", async () => {
    const registry = await start();
    registry.setFault({ when: {}, fault: "reset" });
    const { client } = openAt(registry.host);
    for (let request = 0; request < 5; request++) {
      expect(await client.resolveTag("v1", { listed: true })).toMatchObject({ failure: { code: "connection", attempts: 5 } });
    }
    registry.requests.clear();
    const answer = await client.resolveTag("v1", { listed: true });
    expect(answer).toMatchObject({ kind: "failed", failure: { code: "connection", attempts: 0 } });
    expect(answer.kind === "failed" && answer.failure.detail).toContain("is left for this run");
    expect(registry.requests.count()).toBe(0);
  });

  it("is not left while it answers now and then", async () => {
    const registry = await start();
    const { client } = openAt(registry.host, { retries: 0 });
    for (let round = 0; round < 3; round++) {
      registry.setFault({ when: {}, fault: "reset", times: 4 });
      for (let request = 0; request < 4; request++) await client.resolveTag("v1", { listed: true });
      expect(await client.resolveTag("v1", { listed: true })).toMatchObject({ kind: "found" });
    }
  });

  it("that nobody listens at is a connection failure", async () => {
    const registry = await start();
    await registry.close();
    expect(await openAt(registry.host).client.listTags()).toMatchObject({ failure: { code: "connection", attempts: 5 } });
  });
});

describe("a host that throttles", () => {
  it("is left alone for as long as it asks", async () => {
    const registry = await start();
    registry.setFault({ when: { kind: "tags" }, fault: "429-retry-after", times: 2 });
    const { client, waits, clients } = openAt(registry.host);
    expect(await client.listTags()).toMatchObject({ complete: true });
    expect(waits).toEqual([1_000, 1_000]);
    expect(clients.traffic()).toMatchObject([{ requests: 4, retries: 2, throttled: 2 }]);
  });

  it("for longer than a request may wait is throttled at once, for the later requests too", async () => {
    const server = await startServer((_, response) => sendJson(response, 429, {}, { "retry-after": "3600" }));
    open.push(server);
    const { client, waits } = openAt(server.host);
    expect(await client.listTags()).toMatchObject({ failure: { code: "throttled", status: 429, attempts: 1 } });
    expect(await client.resolveTag("v1", { listed: true })).toMatchObject({ failure: { code: "throttled", attempts: 0 } });
    expect(waits).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  it("never makes one request wait for more than a minute in all", async () => {
    const server = await startServer((_, response) => sendJson(response, 503, {}, { "retry-after": "25" }));
    open.push(server);
    const { client, waits } = openAt(server.host, { retries: 100 });
    expect(await client.listTags()).toMatchObject({ failure: { code: "server-error", status: 503, attempts: 3 } });
    expect(waits).toEqual([25_000, 25_000]);
  });

  it("answers everything in the end", async () => {
    const registry = await start({ rateLimit: 200 });
    const { client } = openAt(
      registry.host,
      { retries: 8 },
      { sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }), now: Date.now },
    );
    const answers = await Promise.all(Array.from({ length: 300 }, (_, at) => client.resolveTag(`v1.${at % 100}`, { listed: true })));
    expect(answers.every(({ kind }) => kind === "found")).toBe(true);
  });
});

describe("the pace of the watch list", () => {
  it("keeps to the concurrency", async () => {
    let most = 0;
    let active = 0;
    const registry = await start({
      onRequest: async () => {
        most = Math.max(most, ++active);
        await sleep(2);
        active--;
      },
    });
    const { client } = openAt(registry.host, { concurrency: 3 });
    await Promise.all(Array.from({ length: 60 }, (_, at) => client.resolveTag(`v1.${at}`, { listed: true })));
    expect(most).toBe(3);
  });

  it("keeps to the budget by waiting, and gives up where the wait is too long", async () => {
    const registry = await start();
    const short = openAt(registry.host, { budget: { requests: 2, seconds: 10 } });
    for (let request = 0; request < 5; request++) await short.client.resolveTag("v1", { listed: true });
    expect(short.waits).toEqual([10_050, 10_050]);
    const long = openAt(registry.host, { budget: { requests: 2, seconds: 21_600 } });
    for (let request = 0; request < 2; request++)
      expect(await long.client.resolveTag("v1", { listed: true })).toMatchObject({ kind: "found" });
    expect(await long.client.resolveTag("v1", { listed: true })).toMatchObject({ failure: { code: "budget", attempts: 0 } });
  });
});

describe("a run that is stopped", () => {
  it("ends what is under way and what waits, as budget", async () => {
    const registry = await start();
    registry.setFault({ when: {}, fault: "hang" });
    const stop = new AbortController();
    registry.setOptions({ onRequest: () => stop.abort() });
    const { client } = openAt(registry.host, {}, { signal: stop.signal });
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.resolveTag("v1", { listed: true })));
    expect(new Set(answers.map((answer) => (answer.kind === "failed" ? answer.failure.code : answer.kind)))).toEqual(new Set(["budget"]));
  });

  it("ends a wait as well", async () => {
    const registry = await start();
    registry.setFault({ when: {}, fault: "429-retry-after" });
    const stop = new AbortController();
    const waiting = openAt(
      registry.host,
      {},
      {
        signal: stop.signal,
        sleep: (_, signal) => {
          stop.abort();
          return sleep(60_000, undefined, { signal });
        },
      },
    );
    expect(await waiting.client.listTags()).toMatchObject({ failure: { code: "budget" } });
  });
});

describe("the counts of a run", () => {
  it("name watched hosts first, in the order in which they were opened", async () => {
    const [one, two] = [await start(), await start()];
    const { clients } = openClients([newSettings(one.host), newSettings(two.host)]);
    open.push(clients);
    const repositories = [clients.of(newRepository(two.host)), clients.of(newRepository(one.host))];
    await repositories[1]!.listTags();
    expect(clients.traffic()).toMatchObject([
      { host: two.host, requests: 0, bytes: 0 },
      { host: one.host, requests: 2 },
    ]);
    expect(clients.of(newRepository(two.host))).toBe(repositories[0]);
  });
});
