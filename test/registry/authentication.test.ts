import { afterEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import type { RegistryAuth } from "../../lib/controls/registry-options.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { openClient, openClients, newRepository, newSettings } from "./open-clients.ts";
import { sendJson, startServer, type ScriptedServer, type SeenRequest } from "./start-server.ts";

const ROBOT = { kind: "basic", username: "robot", password: "s3cret:ü" } as const;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

function keep<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

async function start(auth: RegistryAuth): Promise<ControlRegistry> {
  const registry = keep(await startRegistry({ auth }));
  const { digest } = registry.store.putManifest("acme/app", JSON.stringify({ schemaVersion: 2 }), OCI_MANIFEST, "v1");
  for (let tag = 2; tag < 50; tag++) registry.store.tag("acme/app", `v${tag}`, digest);
  registry.store.putManifest("acme/other", JSON.stringify({ schemaVersion: 2 }), OCI_MANIFEST, "v1");
  return registry;
}

function openAt(host: string, credential?: Parameters<typeof openClient>[2]) {
  const opened = openClient(host, {}, credential);
  keep(opened.clients);
  return opened;
}

const bearer = (more: object = {}): RegistryAuth => ({
  kind: "bearer",
  service: "control",
  credentials: { user: "robot", password: "s3cret:ü" },
  anonymousPull: false,
  realm: null,
  tokenSeconds: 300,
  ...more,
});

describe("a login that is refused", () => {
  it.each([
    ["with the name of its user", ROBOT, "user robot was refused"],
    ["as none, with the file that has none", undefined, "it was read anonymously: no login for HOST in FILE"],
  ])("is told %s", async (_, credential, words) => {
    const auth = { kind: "bearer", service: "control", credentials: { user: "robot", password: "other" }, anonymousPull: false } as const;
    const registry = await start({ ...auth, realm: null, tokenSeconds: 300 });
    const { client } = openAt(registry.host, { credential: credential ?? { kind: "anonymous", why: "no login for HOST in FILE" } });
    const { failure } = await client.listTags();
    expect(failure?.code).toBe("unauthorized");
    expect(failure?.detail).toContain(`; ${words}`);
    expect(client.describeReader()).toBe(credential === undefined ? "anonymously: no login for HOST in FILE" : "as user robot");
  });
});

describe("a registry with tokens", () => {
  it("is asked for one token a repository, whatever is asked at once, and gets no ping", async () => {
    const registry = await start(bearer());
    const { client } = openAt(registry.host, { credential: ROBOT });
    await client.listTags();
    const answers = await Promise.all(Array.from({ length: 48 }, (_, at) => client.resolveTag(`v${at + 1}`, { listed: true })));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["found"]));
    expect([registry.requests.count("token"), registry.requests.count("tags"), registry.requests.count("manifest-tag")]).toEqual([
      1, 3, 48,
    ]);
  });

  it("is asked for the token of a second repository without being refused first", async () => {
    const registry = await start(bearer());
    const { clients } = openClients([newSettings(registry.host)], { credential: ROBOT });
    keep(clients);
    await clients.of(newRepository(registry.host)).listTags();
    registry.requests.clear();
    expect(await clients.of(newRepository(registry.host, "acme/other")).listTags()).toMatchObject({ complete: true });
    expect(registry.requests.entries().map(({ kind }) => kind)).toEqual(["token", "tags"]);
  });

  it("is read anonymously where it gives tokens to anybody", async () => {
    const registry = await start(bearer({ anonymousPull: true }));
    expect(await openAt(registry.host).client.listTags()).toMatchObject({ complete: true });
  });

  it("that refuses the credentials is not asked again", async () => {
    const registry = await start(bearer());
    const { client } = openAt(registry.host, { credential: { ...ROBOT, password: "wrong" } });
    for (let time = 0; time < 3; time++) expect(await client.listTags()).toMatchObject({ failure: { code: "unauthorized", status: 401 } });
    expect(registry.requests.count("token")).toBe(1);
  });

  it("gets a new token before the old one ends", async () => {
    const registry = await start(bearer());
    let now = 1_790_000_000_000;
    const { client } = openAt(registry.host, { credential: ROBOT, now: () => now });
    await client.listTags();
    now += 269_000;
    await client.listTags();
    now += 2_000;
    await client.listTags();
    expect(registry.requests.count("token")).toBe(2);
  });

  it("that drops a token early is asked for another, once", async () => {
    const { server, tokens } = await startScripted((authorization) => (authorization === "Bearer t1" ? 'error="invalid_token"' : null));
    expect(await openAt(server.host).client.listTags()).toMatchObject({ complete: true });
    expect(tokens()).toBe(2);
  });

  it.each([
    ["no reason", "", 1],
    ["invalid_token", ',error="invalid_token"', 2],
    ["insufficient_scope", ',error="insufficient_scope"', 2],
  ])("that refuses every token with %s ends as unauthorized, never in a loop", async (_, error, tokensAsked) => {
    const { server, tokens } = await startScripted(() => error.slice(1));
    const { client } = openAt(server.host);
    expect(await client.listTags()).toMatchObject({ failure: { code: "unauthorized", status: 401, attempts: tokensAsked + 1 } });
    expect(tokens()).toBe(tokensAsked);
  });

  it("gets the scope that it says is missing", async () => {
    const { server } = await startScripted((authorization) => (authorization === "Bearer t1" ? 'error="insufficient_scope"' : null));
    await openAt(server.host).client.listTags();
    const scopes = server.seen
      .filter(({ url }) => url.startsWith("/token"))
      .map(({ url }) => new URL(url, server.url).searchParams.get("scope"));
    expect(scopes).toEqual(["repository:acme/app:pull", "repository:acme/app:pull,push"]);
  });

  it("gets an identity token by POST, and by GET where it knows no POST", async () => {
    const identity = { kind: "identity-token", username: "<token>", token: "refresh" } as const;
    const { server } = await startScripted(
      () => null,
      (request) => request.method === "POST",
    );
    await openAt(server.host, { credential: identity }).client.listTags();
    const asked = server.seen.filter(({ url }) => url.startsWith("/token"));
    expect(asked.map(({ method, headers }) => [method, headers.authorization?.slice(0, 5)])).toEqual([
      ["POST", undefined],
      ["GET", "Basic"],
    ]);
    expect(new URLSearchParams(asked[0]!.body).get("refresh_token")).toBe("refresh");
  });
});

describe("a token", () => {
  const ANSWERS: readonly [string, number, unknown, Record<string, string>, string][] = [
    ["a redirect", 307, {}, { location: "/elsewhere" }, "redirected"],
    ["no token", 200, {}, {}, "unexpected-content"],
    ["a token that would end the header", 200, { token: "a\r\nx: y" }, {}, "unexpected-content"],
    ["70 KiB", 200, { token: "x".repeat(70 * 1024) }, {}, "limit"],
    ["403", 403, {}, {}, "forbidden"],
    ["500", 500, {}, {}, "server-error"],
  ];

  it.each(ANSWERS)("that is answered with %s is none", async (_, status, document, headers, code) => {
    const server = keep(
      await startServer((request, response) => {
        if (request.url.startsWith("/token")) sendJson(response, status, document, headers);
        else sendJson(response, 401, {}, { "www-authenticate": `Bearer realm="/token"` });
      }),
    );
    expect(await openAt(server.host).client.listTags()).toMatchObject({ complete: false, failure: { code } });
    expect(server.seen.some(({ url }) => url.startsWith("/elsewhere"))).toBe(false);
  });
});

describe("a registry with passwords", () => {
  it("gets them after its challenge, and with every request from then on", async () => {
    const registry = await start({ kind: "basic", user: "robot", password: "s3cret:ü" });
    const { client } = openAt(registry.host, { credential: ROBOT });
    await client.listTags();
    await client.resolveTag("v1", { listed: true });
    expect(registry.requests.entries().map(({ authorization }) => authorization)).toEqual([false, true, true, true]);
  });

  it("is unauthorized without credentials, and with wrong ones after one more request", async () => {
    const registry = await start({ kind: "basic", user: "robot", password: "s3cret:ü" });
    expect(await openAt(registry.host).client.listTags()).toMatchObject({ failure: { code: "unauthorized", attempts: 1 } });
    const wrong = openAt(registry.host, { credential: { ...ROBOT, password: "wrong" } });
    expect(await wrong.client.listTags()).toMatchObject({ failure: { code: "unauthorized", attempts: 2 } });
  });

  it("gets new ones when they end, looked up once for all who wait", async () => {
    let now = 1_790_000_000_000;
    let loads = 0;
    const registry = await start({ kind: "basic", user: "robot", password: "first" });
    const credentials = {
      load: () =>
        Promise.resolve({ kind: "basic", username: "robot", password: ["first", "second"][loads++]!, renewAt: now + 60_000 } as const),
    };
    const { clients } = openClients([newSettings(registry.host)], { credentials, now: () => now });
    keep(clients);
    expect(await clients.of(newRepository(registry.host)).listTags()).toMatchObject({ complete: true });
    now += 60_000;
    registry.setOptions({ auth: { kind: "basic", user: "robot", password: "second" } });
    registry.requests.clear();
    const lists = await Promise.all(["acme/app", "acme/other"].map((path) => clients.of(newRepository(registry.host, path)).listTags()));
    expect(lists.map(({ complete }) => complete)).toEqual([true, true]);
    expect(loads).toBe(2);
  });

  it("says why configured credentials cannot be used, and is not read anonymously instead", async () => {
    const registry = await start(bearer({ anonymousPull: true }));
    const { client } = openAt(registry.host, { credential: { kind: "unavailable", detail: "environment variable USER is not set" } });
    const { failure } = await client.listTags();
    expect(failure).toMatchObject({ code: "unauthorized" });
    expect(failure?.detail).toContain("environment variable USER is not set");
    expect(registry.requests.count("token")).toBe(0);
  });
});

/** A registry that hands out t1, t2, … and refuses a token where `complain` gives a reason. */
async function startScripted(
  complain: (authorization: string) => string | null,
  knowsNot: (request: SeenRequest) => boolean = () => false,
): Promise<{ readonly server: ScriptedServer; readonly tokens: () => number }> {
  let tokens = 0;
  const server = keep(
    await startServer((request, response) => {
      if (request.url.startsWith("/token")) {
        if (knowsNot(request)) return sendJson(response, 405, {});
        return sendJson(response, 200, { token: `t${++tokens}`, expires_in: 300 });
      }
      const { authorization } = request.headers;
      const complaint = authorization === undefined ? "" : complain(authorization);
      if (complaint === null) return sendJson(response, 200, { name: "acme/app", tags: ["v1"] });
      const scope = authorization === undefined ? "repository:acme/app:pull" : "repository:acme/app:pull,push";
      const more = complaint === "" ? "" : `,${complaint}`;
      sendJson(
        response,
        401,
        {},
        { "www-authenticate": `Bearer realm="http://${request.headers.host}/token",service="s",scope="${scope}"${more}` },
      );
    }),
  );
  return { server, tokens: () => tokens };
}
