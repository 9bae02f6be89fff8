import { describe, expect, it } from "vitest";
import { Pool } from "../../lib/registry/transport/pool.ts";
import { proxyFor } from "../../lib/registry/transport/proxy.ts";
import { planWait } from "../../lib/registry/transport/retry.ts";
import { SlidingWindow } from "../../lib/registry/transport/sliding-window.ts";

/** How many enter at once, before anybody leaves. */
async function countEntering(pool: Pool): Promise<number> {
  let entered = 0;
  for (let asked = 0; asked < 100; asked++) void pool.enter().then(() => entered++);
  await new Promise((resolve) => setImmediate(resolve));
  return entered;
}

async function leaveTimes(pool: Pool, times: number, outcome: "answered" | "throttled" | "failed"): Promise<void> {
  for (let left = 0; left < times; left++) pool.leave(outcome, await pool.enter());
}

describe("the pool of a host", () => {
  it("starts with eight", async () => {
    expect(await countEntering(new Pool(null))).toBe(8);
  });

  it("doubles after a window of answers, up to 32", async () => {
    const pool = new Pool(null);
    await leaveTimes(pool, 8, "answered");
    await leaveTimes(pool, 16, "answered");
    await leaveTimes(pool, 100, "answered");
    expect(await countEntering(pool)).toBe(32);
  });

  it("halves where the host throttles, and then grows one at a time", async () => {
    const pool = new Pool(null);
    await leaveTimes(pool, 1, "throttled");
    await leaveTimes(pool, 4, "answered");
    expect(await countEntering(pool)).toBe(5);
  });

  it("halves once for all that was under way", async () => {
    const pool = new Pool(null);
    const epochs = await Promise.all(Array.from({ length: 8 }, () => pool.enter()));
    for (const epoch of epochs) pool.leave("throttled", epoch);
    expect(await countEntering(pool)).toBe(4);
  });

  it("never goes below one", async () => {
    const pool = new Pool(null);
    await leaveTimes(pool, 20, "throttled");
    expect(await countEntering(pool)).toBe(1);
  });

  it("never passes the cap of the watch list", async () => {
    const pool = new Pool(3);
    await leaveTimes(pool, 100, "answered");
    expect(await countEntering(pool)).toBe(3);
  });

  it("lets the waiting in when others leave", async () => {
    const pool = new Pool(1);
    const epoch = await pool.enter();
    let entered = false;
    const waiting = pool.enter().then(() => (entered = true));
    expect(entered).toBe(false);
    pool.leave("failed", epoch);
    await waiting;
    expect(entered).toBe(true);
  });
});

describe("who was throttled", () => {
  it("is served before those who come first", async () => {
    const pool = new Pool(1);
    const epoch = await pool.enter();
    const served: string[] = [];
    const others = ["first", "again"].map(async (name) => {
      await pool.enter(name === "again");
      served.push(name);
      pool.leave("answered", epoch);
    });
    pool.leave("throttled", epoch);
    await Promise.all(others);
    expect(served).toEqual(["again", "first"]);
  });
});

describe("a budget", () => {
  it("lets so many through and makes the next wait until the first is out of the window", () => {
    const window = new SlidingWindow({ requests: 2, seconds: 10 });
    expect([window.take(0, 60_000), window.take(1_000, 60_000), window.take(2_000, 60_000)]).toEqual([0, 0, 8_050]);
    expect(window.take(2_000, 60_000)).toBe(9_050);
  });

  it("counts what was asked before it, as the one before it tells", () => {
    const first = new SlidingWindow({ requests: 3, seconds: 10 });
    first.take(0, 60_000);
    first.take(4_000, 60_000);
    expect(first.taken).toEqual([0, 4_000]);
    const second = new SlidingWindow({ requests: 3, seconds: 10 }, first.taken);
    expect([second.take(5_000, 60_000), second.take(5_000, 60_000), second.take(5_000, 60_000)]).toEqual([0, 5_050, 9_050]);
    expect(second.taken).toEqual([5_000, 10_050, 14_050]);
    // A budget that was lowered meanwhile looks at what was asked last.
    expect(new SlidingWindow({ requests: 1, seconds: 10 }, second.taken).take(14_050, 60_000)).toBe(10_050);
  });

  it("refuses a wait that is too long, and takes nothing for it", () => {
    const window = new SlidingWindow({ requests: 1, seconds: 21_600 });
    expect([window.take(0, 60_000), window.take(0, 60_000), window.take(21_600_050, 60_000)]).toEqual([0, null, 0]);
  });
});

describe("the wait before another attempt", () => {
  const LOST = { kind: "none", code: "connection", detail: "ECONNRESET" } as const;

  it("is random below a ceiling that doubles to eight seconds", () => {
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => planWait(LOST, attempt, { now: () => 0, random: () => 1 }).milliseconds);
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]);
    expect(planWait(LOST, 3, { now: () => 0, random: () => 0 }).milliseconds).toBe(0);
  });

  it("is what the host asks for, where it says", () => {
    const response = { kind: "response", status: 503, headers: { "retry-after": "7" }, body: Buffer.alloc(0) } as const;
    expect(planWait(response, 1, { now: () => 0, random: () => 1 })).toEqual({ milliseconds: 7_000, asked: true });
  });
});

describe("the proxy", () => {
  const choose = (origin: string, noProxy: string | null, httpsProxy: string | null = "http://proxy:3128") =>
    proxyFor(new URL(origin), { httpsProxy, noProxy });

  it("is used for HTTPS", () => {
    expect(choose("https://ghcr.io", null)).toBe("http://proxy:3128");
    expect(choose("https://ghcr.io", "quay.io,other.io", "proxy:3128")).toBe("http://proxy:3128");
  });

  it.each([
    ["https://ghcr.io", "*"],
    ["https://ghcr.io", "quay.io, ghcr.io"],
    ["https://registry.acme.example", ".acme.example"],
    ["https://registry.acme.example", "acme.example"],
    ["https://registry.acme.example:8443", "registry.acme.example:8443"],
    ["https://10.1.2.3", "10.0.0.0/8"],
    ["https://[fd00::1]", "fd00::/8"],
    ["https://127.0.0.1:5000", null],
    ["http://registry.acme.example", null],
  ])("is not used for %s with NO_PROXY %s", (origin, noProxy) => {
    expect(choose(origin, noProxy)).toBeNull();
  });

  it.each([
    ["https://notacme.example", "acme.example"],
    ["https://registry.acme.example", "registry.acme.example:8443"],
    ["https://11.1.2.3", "10.0.0.0/8"],
  ])("is used for %s although NO_PROXY names %s", (origin, noProxy) => {
    expect(choose(origin, noProxy)).toBe("http://proxy:3128");
  });
});
