import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliver } from "../../../lib/audit/conclude/deliver.ts";
import type { Finding, OutboxEntry } from "../../../lib/history/state.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import type { ChannelPort, Delivery, ToldEntry } from "../../../lib/notification/channels/delivery-port.ts";
import type { Channel } from "../../../lib/watchlist/watch-list.ts";
import { failNotWritten } from "../../history/faulty-store.ts";
import { change as makeChange } from "../../history/examples.ts";
import { makeFinding } from "../../notification/make-finding.ts";
import { openMemory } from "../night.ts";

const [FIRST, SECOND, THIRD] = ["2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z"] as const;

interface Sent {
  readonly told: readonly ToldEntry[];
  readonly delivery: Delivery;
}

/** A channel that remembers what it took, and takes nothing while `fails` says why. */
interface ListeningPort extends ChannelPort {
  readonly sent: Sent[];
  fails: string | null;
}

function listen(name: string, more: Partial<Channel> = {}): ListeningPort {
  const channel = {
    kind: "webhook",
    url: "env:X",
    secret: null,
    name,
    severity: "notice",
    owner: null,
    remindSeconds: null,
    ...more,
  } as Channel;
  const sent: Sent[] = [];
  const port: ListeningPort = {
    channel,
    sent,
    fails: null,
    send(told, delivery) {
      if (port.fails !== null) return Promise.reject(new Error(port.fails));
      sent.push({ told, delivery });
      return Promise.resolve();
    },
  };
  return port;
}

function entryFor(finding: Finding, channel: string, more: Partial<OutboxEntry> = {}): OutboxEntry {
  const { id, openedAt } = finding;
  return { id: `${id}/${channel}`, channel, run: openedAt, findingId: id, kind: "opened", summary: null, sentAt: null, ...more };
}

let store: HistoryStore;
beforeEach(() => {
  store = openMemory();
});
afterEach(() => store.close());

async function open(id: string, channels: readonly string[], more: Partial<Finding> = {}): Promise<void> {
  const finding = makeFinding({ id, version: 0, openedAt: FIRST, ...more });
  await store.saveFinding(
    finding,
    channels.map((channel) => entryFor(finding, channel)),
  );
}

function request(run: string, previous: string | null = null, later = 0) {
  const clock = (): number => Date.parse(run) + later;
  return { run, previous, clock, wallClock: clock, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
}

const idsOf = ({ sent }: ListeningPort): string[] => sent.flatMap(({ told }) => told.map(({ finding }) => finding?.id ?? "-"));
const brokenOf = ({ sent }: ListeningPort) => sent.flatMap(({ delivery }) => delivery.broken);

describe("deliver", () => {
  it("sends one message a channel, with all that waits for it, and sends nothing twice", async () => {
    const [oncall, team] = [listen("oncall"), listen("team")];
    await open("AAAA0001", ["oncall", "team"]);
    await open("AAAA0002", ["oncall"]);
    expect(await deliver(store, [oncall, team], request(FIRST))).toEqual([]);
    expect(oncall.sent).toHaveLength(1);
    expect([idsOf(oncall).toSorted(), idsOf(team)]).toEqual([["AAAA0001", "AAAA0002"], ["AAAA0001"]]);
    await deliver(store, [oncall, team], request(SECOND, FIRST));
    expect([oncall.sent, team.sent].map(({ length }) => length)).toEqual([1, 1]);
  });

  it("finds what an entry is about when it was closed long ago", async () => {
    const oncall = listen("oncall");
    await open("AAAA0001", ["oncall"], { openedAt: SECOND, status: "withdrawn", resolvedAt: FIRST });
    await deliver(store, [oncall], request(THIRD, SECOND));
    expect(idsOf(oncall)).toEqual(["AAAA0001"]);
  });

  it("does not wait for one channel to tell another", async () => {
    const [slow, quick] = [listen("slow"), listen("quick")];
    let release = (): void => undefined;
    const stuck: ChannelPort = { channel: slow.channel, send: () => new Promise((resolve) => (release = resolve)) };
    await open("AAAA0001", ["slow", "quick"]);
    const delivered = deliver(store, [stuck, quick], request(FIRST));
    await expect.poll(() => quick.sent.length).toBe(1);
    release();
    expect(await delivered).toEqual([]);
  });
});

describe("a channel that fails", () => {
  it("keeps its entries for the next run, with those of that run, and does not hold up the others", async () => {
    const [oncall, team] = [listen("oncall"), listen("team")];
    oncall.fails = "HTTP 500";
    await open("AAAA0001", ["oncall", "team"]);
    expect(await deliver(store, [oncall, team], request(FIRST))).toEqual([
      { channel: "oncall", since: FIRST, messages: 1, reason: "HTTP 500" },
    ]);
    expect(idsOf(team)).toEqual(["AAAA0001"]);
    oncall.fails = null;
    await open("AAAA0002", ["oncall"], { openedAt: SECOND });
    expect(await deliver(store, [oncall, team], request(SECOND, FIRST))).toEqual([]);
    expect(idsOf(oncall)).toEqual(["AAAA0001", "AAAA0002"]);
    expect(oncall.sent[0]!.told.map(({ entry }) => entry.run)).toEqual([FIRST, SECOND]);
  });

  it("is sent again at once by a run that follows at once", async () => {
    const oncall = listen("oncall");
    oncall.fails = "HTTP 500";
    await open("AAAA0001", ["oncall", "gone"]);
    await deliver(store, [oncall], request(FIRST));
    oncall.fails = null;
    await deliver(store, [oncall], request("2026-11-20T02:00:01Z", FIRST));
    expect(idsOf(oncall)).toEqual(["AAAA0001", "AAAA0001"]);
    expect(await store.unsentOutbox()).toEqual([]);
  });

  it("is told by every other channel that hears warnings, though these have nothing to tell", async () => {
    const ports = [
      listen("oncall"),
      listen("team"),
      listen("alerts", { severity: "alert" }),
      listen("payments", { owner: "payments" }),
      listen("terminal", { kind: "terminal" }),
    ] as const;
    const [oncall, team, alerts, payments, terminal] = ports;
    oncall.fails = "HTTP 500";
    await open("AAAA0001", ["oncall"]);
    await deliver(store, ports, request(FIRST));
    expect(brokenOf(team)).toEqual([{ channel: "oncall", since: FIRST, messages: 1, reason: "HTTP 500" }]);
    expect([alerts, payments, terminal].flatMap(({ sent }) => sent)).toEqual([]);
  });

  it("is told once a day, with how much it did not take since when", async () => {
    const [oncall, team] = [listen("oncall"), listen("team")];
    oncall.fails = "HTTP 500";
    await open("AAAA0001", ["oncall"]);
    await deliver(store, [oncall, team], request(FIRST));
    await deliver(store, [oncall, team], request("2026-11-20T08:00:00Z", FIRST));
    expect(brokenOf(team)).toHaveLength(1);
    await open("AAAA0002", ["oncall"], { openedAt: SECOND });
    await deliver(store, [oncall, team], request(SECOND, "2026-11-20T08:00:00Z"));
    expect(brokenOf(team)).toHaveLength(2);
    expect(brokenOf(team)[1]).toMatchObject({ since: FIRST, messages: 2 });
  });

  it("is not told again by the same run, which offers it what it did not take once more", async () => {
    const [oncall, team] = [listen("oncall"), listen("team")];
    oncall.fails = "HTTP 500";
    await open("AAAA0001", ["oncall"]);
    await deliver(store, [oncall, team], request(FIRST));
    const late = { ...request(FIRST, null, 3_660_000), isRepeated: true };
    expect(await deliver(store, [oncall, team], late)).toHaveLength(1);
    expect(brokenOf(team)).toHaveLength(1);
    oncall.fails = null;
    expect(await deliver(store, [oncall, team], late)).toEqual([]);
    expect([idsOf(oncall), await store.unsentOutbox()]).toEqual([["AAAA0001"], []]);
  });
});

describe("a channel that the watch list does not name any more", () => {
  it("does not swallow what it was to tell: who hears such things tells it, once", async () => {
    const [team, payments] = [listen("team"), listen("payments", { owner: "payments" })];
    await open("AAAA0001", ["oncall"]);
    await deliver(store, [team, payments], request(SECOND, FIRST));
    expect(idsOf(team)).toEqual(["AAAA0001"]);
    expect(team.sent[0]!.delivery.droppedChannels).toEqual(["oncall"]);
    expect(payments.sent).toEqual([]);
    expect(await store.unsentOutbox()).toEqual([]);
  });

  it("is stood in for by whoever is left, where nobody hears such things", async () => {
    const payments = listen("payments", { owner: "payments" });
    await open("AAAA0001", ["oncall"]);
    await deliver(store, [payments], request(SECOND, FIRST));
    expect(idsOf(payments)).toEqual(["AAAA0001"]);
  });

  it("leaves its entries to the next run where nobody took them", async () => {
    const team = listen("team");
    team.fails = "HTTP 500";
    await open("AAAA0001", ["oncall"]);
    expect(await deliver(store, [team], request(SECOND, FIRST))).toHaveLength(1);
    expect(await store.unsentOutbox()).toHaveLength(1);
  });
});

describe("two that deliver at once", () => {
  it("send everything once, however long the sending takes", async () => {
    const oncall = listen("oncall");
    let release = (): void => undefined;
    const slow: ChannelPort = {
      channel: oncall.channel,
      async send(told, delivery) {
        await oncall.send(told, delivery);
        await new Promise<void>((resolve) => (release = resolve));
      },
    };
    await open("AAAA0001", ["oncall"]);
    // A clock that both read, and that a wait moves on.
    let now = Date.parse(FIRST);
    const sleep = async (milliseconds: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      now += milliseconds / 50;
    };
    const both = { ...request(FIRST), wallClock: () => now, sleep };
    const first = deliver(store, [slow], both);
    await expect.poll(() => oncall.sent.length).toBe(1);
    await deliver(store, [oncall], both);
    release();
    await first;
    expect(idsOf(oncall)).toEqual(["AAAA0001"]);
  });
});

describe("a channel that takes its time", () => {
  it("is waited for no longer than it takes, and keeps no wait behind", async () => {
    const oncall = listen("oncall");
    await open("AAAA0001", ["oncall"]);
    const waits: AbortSignal[] = [];
    const sleep = (_milliseconds: number, signal?: AbortSignal): Promise<void> => {
      if (signal === undefined) return Promise.reject(new Error("nothing else is waited for here"));
      waits.push(signal);
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    await deliver(store, [oncall], { ...request(FIRST), sleep });
    expect(idsOf(oncall)).toEqual(["AAAA0001"]);
    expect(waits.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("a delivery that dies with its claims", () => {
  it("is waited for by the next one, which then tells what it had claimed", async () => {
    const oncall = listen("oncall");
    await open("AAAA0001", ["oncall"]);
    const dead = { now: "2026-11-20T02:00:00.000Z", until: "2026-11-20T02:00:30.000Z" };
    expect(await store.claimOutbox((await store.unsentOutbox())[0]!.id, dead)).toBe(true);
    let now = Date.parse("2026-11-20T02:00:05Z");
    const sleep = (milliseconds: number): Promise<void> => {
      now += milliseconds;
      return new Promise((resolve) => setImmediate(resolve));
    };
    await deliver(store, [oncall], { ...request(FIRST), wallClock: () => now, sleep });
    expect(idsOf(oncall)).toEqual(["AAAA0001"]);
    expect(now - Date.parse(dead.until)).toBeLessThan(15_000);
  });

  it("tells nothing of a finding that is not there, and lets its entry go after two days", async () => {
    const oncall = listen("oncall");
    await open("AAAA0001", ["oncall"]);
    const [entry] = await store.unsentOutbox();
    const change = makeChange({ id: "another" });
    await store.conclude({ changes: [change], findings: [], outbox: [{ ...entry!, id: "early", findingId: "NOTTHERE" }] });
    await deliver(store, [oncall], request(FIRST));
    expect(idsOf(oncall)).toEqual(["AAAA0001"]);
    expect((await store.unsentOutbox()).map(({ id }) => id)).toEqual(["early"]);
    await deliver(store, [oncall], request(FIRST, null, 3 * 86_400_000));
    expect(await store.unsentOutbox()).toEqual([]);
    expect(oncall.sent).toHaveLength(1);
  });
});

describe("a crash between sending and marking", () => {
  it("sends the same again, and loses nothing", async () => {
    const oncall = listen("oncall");
    await open("AAAA0001", ["oncall"]);
    await expect(deliver(failNotWritten(store, "markSent"), [oncall], request(FIRST))).rejects.toMatchObject({ code: "history" });
    await deliver(store, [oncall], request(FIRST, null, 3_600_000));
    expect(oncall.sent).toHaveLength(2);
    expect(oncall.sent[1]!.told).toEqual(oncall.sent[0]!.told);
    expect(await store.unsentOutbox()).toEqual([]);
  });
});
