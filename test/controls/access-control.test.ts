import { afterEach, describe, expect, it } from "vitest";
import type { BearerAuth } from "../../lib/controls/registry-options.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";

const BEARER: BearerAuth = {
  kind: "bearer",
  service: "control",
  credentials: { user: "ops", password: "secret" },
  anonymousPull: true,
  realm: null,
  tokenSeconds: 300,
};
const BASIC = { authorization: `Basic ${Buffer.from("ops:secret").toString("base64")}` };
const TAGS = "/v2/acme/app/tags/list";

let registry: ControlRegistry;
afterEach(() => registry.close());

async function start(auth: Parameters<ControlRegistry["setOptions"]>[0]["auth"]): Promise<void> {
  registry = await startRegistry({ auth: auth! });
  registry.store.createRepository("acme/app");
}

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return fetch(registry.url + path, { headers, method });
}

async function tokenFor(scope: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await ask(`/token?service=control&scope=${encodeURIComponent(scope)}`, headers);
  return ((await answer.json()) as { token: string }).token;
}

describe("basic authentication", () => {
  it("challenges without credentials and with wrong ones", async () => {
    await start({ kind: "basic", user: "ops", password: "secret" });
    for (const headers of [{}, { authorization: "Basic eDp5" }]) {
      const answer = await ask(TAGS, headers);
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, `Basic realm="${registry.host}"`]);
    }
    expect((await ask(TAGS, BASIC)).status).toBe(200);
  });
});

describe("bearer authentication", () => {
  it("names realm, service and scope in its challenge", async () => {
    await start(BEARER);
    const answer = await ask(TAGS);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe(
      `Bearer realm="http://${registry.host}/token",service="control",scope="repository:acme/app:pull"`,
    );
  });

  it("admits a token for what it was given for, and nothing else", async () => {
    await start(BEARER);
    const authorization = `Bearer ${await tokenFor("repository:acme/app:pull")}`;
    expect((await ask(TAGS, { authorization })).status).toBe(200);
    expect((await ask("/v2/", { authorization })).status).toBe(200);
    const elsewhere = await ask("/v2/acme/other/tags/list", { authorization });
    expect(elsewhere.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
  });

  it("gives anonymous callers no right to push", async () => {
    await start(BEARER);
    const scope = "repository:acme/app:pull,push";
    const anonymous = await ask("/v2/acme/app/blobs/uploads/", { authorization: `Bearer ${await tokenFor(scope)}` }, "POST");
    expect(anonymous.status).toBe(401);
    const named = await ask("/v2/acme/app/blobs/uploads/", { authorization: `Bearer ${await tokenFor(scope, BASIC)}` }, "POST");
    expect(named.status).toBe(202);
  });

  it("refuses a token after its time, and one that it never gave", async () => {
    await start({ ...BEARER, tokenSeconds: 0 });
    for (const token of [await tokenFor("repository:acme/app:pull"), "invented"]) {
      const answer = await ask(TAGS, { authorization: `Bearer ${token}` });
      expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
    }
  });

  it("gives no token for wrong credentials, nor without any where nobody pulls anonymously", async () => {
    await start(BEARER);
    const path = "/token?service=control&scope=repository:acme/app:pull";
    expect((await ask(path, { authorization: "Basic eDp5" })).status).toBe(401);
    registry.setOptions({ auth: { ...BEARER, anonymousPull: false } });
    expect((await ask(path)).status).toBe(401);
    expect((await ask(path, BASIC)).status).toBe(200);
  });

  it("sends elsewhere for tokens where it is told to", async () => {
    await start({ ...BEARER, realm: "https://auth.example/token" });
    expect((await ask(TAGS)).headers.get("www-authenticate")).toContain('realm="https://auth.example/token"');
  });
});
