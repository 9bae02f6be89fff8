import { afterEach, describe, expect, it } from "vitest";
import { openClient } from "./open-clients.ts";
import { sendJson, startServer } from "./start-server.ts";

const ROBOT = { kind: "basic", username: "robot", password: "s3cret:ü" } as const;
const BASIC = `Basic ${Buffer.from("robot:s3cret:ü").toString("base64")}`;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

function keep<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

function openAt(host: string, credential?: Parameters<typeof openClient>[2], settings: Parameters<typeof openClient>[1] = {}) {
  const opened = openClient(host, settings, credential);
  keep(opened.clients);
  return opened;
}

describe("a realm on a foreign host", () => {
  it("never sees the credentials", async () => {
    const foreign = keep(await startServer((_, response) => sendJson(response, 200, { token: "t" })));
    const server = keep(
      await startServer((request, response) => {
        if (request.headers.authorization === "Bearer t") sendJson(response, 200, { tags: [] });
        else sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="${foreign.url}/token",service="s", Basic realm="x"` });
      }),
    );
    const { client, clients } = openAt(server.host, { credential: ROBOT });
    expect(await client.listTags()).toMatchObject({ complete: true });
    expect(foreign.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(clients.traffic().map(({ host, requests }) => [host, requests])).toEqual([
      [server.host, 2],
      [foreign.host, 1],
    ]);
  });

  /** A registry and its token host, which gives a token to whoever asks, and one that the registry takes only to the robot. */
  async function startPair(refuse: "by the registry" | "by the token host") {
    const foreign = keep(
      await startServer((request, response) => {
        const isRobot = request.headers.authorization === BASIC;
        if (!isRobot && refuse === "by the token host") return sendJson(response, 401, {});
        sendJson(response, 200, { token: isRobot ? "robot" : "anybody" });
      }),
    );
    const server = keep(
      await startServer((request, response) => {
        if (request.headers.authorization === "Bearer robot") return sendJson(response, 200, { tags: [] });
        sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="${foreign.url}/token",service="s"` });
      }),
    );
    return { foreign, server };
  }

  it("sees them if the watch list names it as tokenHost", async () => {
    const { foreign, server } = await startPair("by the token host");
    const { client } = openAt(server.host, { credential: ROBOT }, { tokenHost: foreign.host });
    expect(await client.listTags()).toMatchObject({ complete: true });
    expect(foreign.seen.map(({ headers }) => headers.authorization)).toEqual([BASIC]);
  });

  it.each(["by the registry", "by the token host"] as const)("is named with the line to write if we are refused %s", async (refuse) => {
    const { foreign, server } = await startPair(refuse);
    const { failure } = await openAt(server.host, { credential: ROBOT }).client.listTags();
    expect(failure).toMatchObject({ code: "unauthorized", status: 401 });
    expect(failure?.detail).toMatch(/: 401(?: after 2 requests)?; its token host/);
    expect(failure?.detail).toContain(
      `; its token host ${foreign.host} was not given the credentials: if it belongs to the registry, write tokenHost: "${foreign.host}" under registries: "${server.host}":`,
    );
    const anonymous = await openAt(server.host).client.listTags();
    expect(anonymous.failure?.detail).not.toContain("tokenHost");
  });

  it.each(["http://169.254.169.254/latest/meta-data/", "http://10.255.255.1/token", "http://[::ffff:169.254.169.254]/"])(
    "at %s is not asked at all",
    async (realm) => {
      const server = keep(
        await startServer((_, response) => sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="${realm}"` })),
      );
      const { client, clients } = openAt(server.host, { credential: ROBOT });
      expect(await client.listTags()).toMatchObject({ failure: { code: "redirected" } });
      expect(clients.traffic().map(({ requests }) => requests)).toEqual([1]);
    },
  );

  it("sees the credentials on the registry's own origin", async () => {
    const server = keep(
      await startServer((request, response) => {
        if (request.url.startsWith("/token")) return sendJson(response, 200, { token: "t" });
        if (request.headers.authorization === "Bearer t") return sendJson(response, 200, { tags: [] });
        sendJson(response, 401, {}, { "www-authenticate": 'Bearer realm="/token?account=x",service="s"' });
      }),
    );
    await openAt(server.host, { credential: ROBOT }).client.listTags();
    expect(server.seen[1]).toMatchObject({
      url: "/token?account=x&service=s&scope=repository%3Aacme%2Fapp%3Apull",
      headers: { authorization: BASIC },
    });
  });
});
