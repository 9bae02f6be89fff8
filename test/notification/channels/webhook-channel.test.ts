import { createHmac } from "node:crypto";
import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ChannelPort } from "../../../lib/notification/channels/delivery-port.ts";
import { openWebhookChannel, type WebhookChannel } from "../../../lib/notification/channels/webhook-channel.ts";
import type { WebhookDocument } from "../../../lib/notification/channels/webhook-body.ts";
import { sendJson, startServer, type ScriptedServer } from "../../registry/start-server.ts";
import { DELIVERY, RUN, tell } from "../told.ts";

const CHANNEL: WebhookChannel = {
  kind: "webhook",
  name: "oncall",
  url: "env:X",
  secret: null,
  severity: "notice",
  owner: null,
  remindSeconds: null,
};
const TOKEN = "t0ken-hunter2";

interface Hook {
  readonly server: ScriptedServer;
  readonly port: ChannelPort;
  /** How long was waited before each further attempt, in milliseconds. */
  readonly waits: number[];
  readonly stop: AbortController;
}

/** A receiver that answers each attempt as its script says, the last answer again and again. */
async function openHook(script: readonly ((response: ServerResponse) => void)[], secret: string | null = null): Promise<Hook> {
  let attempts = 0;
  const server = await startServer((_request, response) => script[Math.min(attempts++, script.length - 1)]!(response));
  onTestFinished(() => server.close());
  const waits: number[] = [];
  const stop = new AbortController();
  const surroundings = {
    random: () => 0.5,
    now: () => Date.parse(RUN),
    sleep: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)),
    signal: stop.signal,
  };
  const port = openWebhookChannel(
    CHANNEL,
    { url: `${server.url}/hooks/${TOKEN}?key=${TOKEN}`, secret },
    { ...surroundings, history: null },
  );
  return { server, port, waits, stop };
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    sendJson(response, code, {}, headers);
const messageOf = (sending: Promise<void>): Promise<string> =>
  sending.then(
    () => "taken",
    (error: Error) => error.message,
  );

describe("a webhook", () => {
  it("is sent one JSON document with the run, the message and its findings", async () => {
    const { server, port } = await openHook([status(204)]);
    await port.send([tell(), tell({ id: "AAAA0001", tag: "v2.0.0", status: "resolved" }, { kind: "recovered" })], DELIVERY);
    expect(server.seen).toHaveLength(1);
    const [{ method, url, headers, body }] = server.seen as [ScriptedServer["seen"][0]];
    expect([method, url]).toEqual(["POST", `/hooks/${TOKEN}?key=${TOKEN}`]);
    expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "sealwatch" });
    const document = JSON.parse(body) as WebhookDocument;
    expect(document.run).toEqual({ id: RUN });
    expect(document.subject).toBe("[ALERT] 1 finding in ghcr.io/acme/app: 1 release-unsigned");
    expect(document.text.split("\n")[0]).toBe(document.subject);
    expect(document.findings.map(({ id, status: is }) => [id, is])).toEqual([
      ["7Q3K9D2M", "open"],
      ["AAAA0001", "resolved"],
    ]);
    expect(document.events).toEqual([
      { kind: "opened", finding: "7Q3K9D2M", run: RUN },
      { kind: "recovered", finding: "AAAA0001", run: RUN },
    ]);
  });

  it("bears a signature of the exact bytes that nobody makes without the secret", async () => {
    const { server, port } = await openHook([status(200)], "s3cret");
    await port.send([tell({ tag: "v1.0.0-ünïcode" })], DELIVERY);
    const [{ headers, body }] = server.seen as [ScriptedServer["seen"][0]];
    const sign = (secret: string): string => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    expect(headers["x-sealwatch-signature"]).toBe(sign("s3cret"));
    expect(headers["x-sealwatch-signature"]).not.toBe(sign("s3cret "));
  });

  it.each(["s3cret\n", "s3cret\r\n"])(
    "does not count the line feed that ends a file or a vault's text as part of the secret",
    async (secret) => {
      const { server, port } = await openHook([status(200)], secret);
      await port.send([tell()], DELIVERY);
      const [{ headers, body }] = server.seen as [ScriptedServer["seen"][0]];
      expect(headers["x-sealwatch-signature"]).toBe(`sha256=${createHmac("sha256", "s3cret").update(body).digest("hex")}`);
    },
  );

  it("bears no signature where there is no secret", async () => {
    const { server, port } = await openHook([status(200)]);
    await port.send([tell()], DELIVERY);
    expect(server.seen[0]!.headers).not.toHaveProperty("x-sealwatch-signature");
  });

  it("has the same idempotency key when it is repeated, and another for another event", async () => {
    const { server, port } = await openHook([status(500), status(200)]);
    const [one, two] = [tell(), tell({ id: "AAAA0001", tag: "v2.0.0" })];
    await port.send([one, two], DELIVERY);
    await port.send([two, one], { ...DELIVERY, run: "2026-11-21T02:00:00Z" });
    await port.send([one], DELIVERY);
    await port.send([tell({}, { kind: "recovered" })], DELIVERY);
    await port.send([tell({}, { kind: "reminder", run: "2026-11-27T02:00:00Z" })], DELIVERY);
    await port.send([tell({}, { kind: "reminder", run: "2026-12-04T02:00:00Z" })], DELIVERY);
    await port.send([tell({ openedAt: "2026-11-21T02:00:00Z" })], DELIVERY);
    const keys = server.seen.map(({ headers }) => headers["idempotency-key"] as string);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(new Set(keys.slice(2)).size).toBe(6);
  });

  it("sends nothing where nothing is true any more", async () => {
    const { server, port } = await openHook([status(200)]);
    await port.send([tell({ status: "resolved" }, { kind: "reminder" })], DELIVERY);
    expect(server.seen).toEqual([]);
  });

  it("tells which other channel is broken", async () => {
    const { server, port } = await openHook([status(200)]);
    const broken = { channel: "pager", since: "2026-11-18T02:00:00Z", messages: 2, reason: "POST to hooks.example: HTTP 500\u001b[2J" };
    await port.send([], { ...DELIVERY, broken: [broken] });
    const document = JSON.parse(server.seen[0]!.body) as WebhookDocument;
    expect(document.subject).toBe("[WARNING] channel pager did not take 2 messages since 2026-11-18 02:00 UTC");
    expect(document.text).toContain("HTTP 500\\u{1b}[2J");
    expect(document).toMatchObject({ findings: [], brokenChannels: [{ channel: "pager", messages: 2 }] });
  });
});

describe("a webhook whose receiver has trouble", () => {
  it("is sent again after 500, and taken", async () => {
    const { server, port, waits } = await openHook([status(500), status(503), status(200)]);
    await port.send([tell()], DELIVERY);
    expect(server.seen).toHaveLength(3);
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1);
    expect(waits).toEqual([250, 500]);
  });

  it.each([
    ["2", 2000],
    ["86400", 60_000],
    [new Date(Date.parse(RUN) + 5000).toUTCString(), 5000],
  ])("waits as long as it asks, at most a minute: Retry-After %s", async (retryAfter, milliseconds) => {
    const { port, waits } = await openHook([status(429, { "retry-after": retryAfter }), status(200)]);
    await port.send([tell()], DELIVERY);
    expect(waits).toEqual([milliseconds]);
  });

  it("is given up after three further attempts", async () => {
    const { server, port } = await openHook([status(502)]);
    expect(await messageOf(port.send([tell()], DELIVERY))).toBe(
      `POST to ${server.host}: HTTP 502 after 4 attempts; see what the receiver says of it`,
    );
    expect(server.seen).toHaveLength(4);
  });

  it("is sent again where the connection breaks", async () => {
    const { server, port } = await openHook([(response) => response.destroy(), status(200)]);
    await port.send([tell()], DELIVERY);
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [400, "see what the receiver says of it"],
    [401, "see whether the token in its address, or its secret, is still right"],
    [404, "see whether its address is still right"],
    [302, "redirects are not followed: write the address it leads to"],
  ])("is not sent again after %i", async (code, remedy) => {
    const { server, port } = await openHook([status(code, { location: "/elsewhere" }), status(200)]);
    expect(await messageOf(port.send([tell()], DELIVERY))).toBe(`POST to ${server.host}: HTTP ${code}; ${remedy}`);
    expect(server.seen).toHaveLength(1);
  });

  it("does not read an endless answer", async () => {
    const endless = (response: ServerResponse): void => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(1024 * 1024)), 1);
      response.on("close", () => clearInterval(timer));
    };
    const { port } = await openHook([endless]);
    expect(await messageOf(port.send([tell()], DELIVERY))).toBe("taken");
  });

  it("is given up at once when the audit is stopped, and sent by the next run", async () => {
    const { server, port, stop } = await openHook([() => undefined]);
    const sending = messageOf(port.send([tell()], DELIVERY));
    await expect.poll(() => server.seen.length).toBe(1);
    stop.abort();
    expect(await sending).toContain(`POST to ${server.host}: stopped`);
  });

  it("never says more of its address than the host", async () => {
    const messages = [];
    for (const answer of [status(500), status(400), status(302), (response: ServerResponse) => response.destroy()]) {
      const { port } = await openHook([answer], TOKEN);
      messages.push(await messageOf(port.send([tell()], DELIVERY)));
    }
    expect(messages.filter((message) => message.includes(TOKEN))).toEqual([]);
    expect(messages).not.toContain("taken");
  });
});

describe("the address of a webhook", () => {
  it.each([
    ["http://hooks.example/x", "found plain http for its url; write https://… (plain http is for loopback only)"],
    ["https://user:hunter2@hooks.example", "found a user name or password in its url; write the address without them"],
    ["hunter2", "found text that is no web address for its url; write https://…"],
  ])("is refused unread: %s", (url, why) => {
    const surroundings = { random: Math.random, now: Date.now, sleep: () => Promise.resolve(), signal: new AbortController().signal };
    expect(() => openWebhookChannel(CHANNEL, { url, secret: null }, { ...surroundings, history: null })).toThrow(
      `open channel oncall: ${why}`,
    );
  });
});
