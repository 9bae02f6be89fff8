import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { MANIFEST_ACCEPT, OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { endpointOf } from "../../lib/registry/endpoint.ts";
import { judgeRedirect } from "../../lib/registry/redirects.ts";
import type { RepositoryClient } from "../../lib/registry/repository-client.ts";
import { openClient } from "./open-clients.ts";
import { sendJson, startServer, type ScriptedServer, type SeenRequest } from "./start-server.ts";
import { takeBlob } from "./take-blob.ts";

const BYTES = Buffer.from("payload");
const BLOB = { mediaType: "", digest: digestOf(BYTES), size: BYTES.length, artifactType: null, annotations: {}, platform: null };
const ROBOT = { kind: "basic", username: "robot", password: "secret" } as const;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** A registry with passwords that redirects every blob, and a storage that has it. */
async function startPair(location: (storage: ScriptedServer, url: string) => string, status = 200) {
  const storage = await startServer((_, response) => {
    response.writeHead(status, { "content-type": "application/octet-stream" });
    response.end(BYTES);
  });
  const registry = await startServer((request, response) => {
    if (request.headers.authorization === undefined) return sendJson(response, 401, {}, { "www-authenticate": 'Basic realm="x"' });
    response.writeHead(307, { location: location(storage, request.url) });
    response.end();
  });
  open.push(storage, registry);
  return { storage, registry };
}

async function fetchBlob(host: string, redirects: readonly string[]) {
  const { client, clients } = openClient(host, { redirects }, { credential: ROBOT });
  open.push(clients);
  return { answer: await takeBlob(client, BLOB), traffic: clients.traffic().map(({ requests }) => requests) };
}

describe("a redirected blob", () => {
  it("is read without credentials from a storage that the watch list names", async () => {
    const { storage, registry } = await startPair(({ url }) => `${url}/bytes?signature=x`);
    const { answer, traffic } = await fetchBlob(registry.host, [storage.host]);
    expect(answer).toEqual({ kind: "found", value: BYTES });
    expect(storage.seen.map(({ url, headers }) => [url, headers.authorization, headers.cookie])).toEqual([
      ["/bytes?signature=x", undefined, undefined],
    ]);
    expect(traffic).toEqual([2, 1]);
  });

  it("may be named without its port", async () => {
    const { registry } = await startPair(({ url }) => `${url}/bytes`);
    expect((await fetchBlob(registry.host, ["127.0.0.1"])).answer).toMatchObject({ kind: "found" });
  });

  it.each([
    ["the same machine by address", (storage: ScriptedServer) => `${storage.url}/bytes`],
    ["the same machine over HTTPS", (storage: ScriptedServer) => `https://${storage.host}/bytes`],
    ["the same machine by name", (storage: ScriptedServer) => `https://localhost:${storage.host.split(":")[1]}/bytes`],
    ["the same machine in IPv6", () => "https://[::ffff:127.0.0.1]/bytes"],
    ["cloud metadata", () => "https://169.254.169.254/latest/meta-data/"],
    ["a private network", () => "https://10.0.0.1/"],
    ["a user name", (storage: ScriptedServer) => `https://user@${storage.host}/bytes`],
    ["a file", () => "file:///etc/passwd"],
    ["nothing", () => ""],
  ])("is not read from %s that nobody names", async (_, location) => {
    const { storage, registry } = await startPair(location);
    const { answer } = await fetchBlob(registry.host, []);
    expect(answer).toMatchObject({ kind: "failed", failure: { code: "redirected" } });
    expect(storage.seen).toEqual([]);
  });

  it("keeps the credentials on the registry's own origin, and ends after five hops", async () => {
    const { registry } = await startPair((_, url) => `${url}x`);
    const { answer } = await fetchBlob(registry.host, []);
    expect(answer).toMatchObject({ kind: "failed", failure: { code: "redirected" } });
    expect(registry.seen.slice(1).map(({ headers }) => headers.authorization !== undefined)).toEqual(Array.from({ length: 6 }, () => true));
  });

  it("that storage has not is no proof of absence", async () => {
    const { storage, registry } = await startPair(({ url }) => url, 404);
    expect((await fetchBlob(registry.host, [storage.host])).answer).toMatchObject({
      kind: "failed",
      failure: { code: "not-found", status: 404 },
    });
  });

  it("names no signed query in what people read", async () => {
    const { storage, registry } = await startPair(({ url }) => `${url}/bytes?signature=secret`, 403);
    const { answer } = await fetchBlob(registry.host, [storage.host]);
    expect(JSON.stringify(answer)).not.toContain("secret");
  });
});

describe("a hop", () => {
  const judge = (location: string, from: string, registry: string, listed: readonly string[] = []) => {
    const hop = judgeRedirect(location, new URL(from), endpointOf(registry), listed);
    return hop.kind === "refused" ? hop.kind : `${hop.url.origin} ${hop.reach}`;
  };

  it.each([
    ["https://storage.example/x", "https://ghcr.io", "ghcr.io", [], "https://storage.example public"],
    ["/blobs/x", "https://ghcr.io", "ghcr.io", [], "https://ghcr.io anywhere"],
    ["https://minio.internal/x", "https://ghcr.io", "ghcr.io", ["minio.internal"], "https://minio.internal anywhere"],
    ["https://minio.internal:9000/x", "https://ghcr.io", "ghcr.io", ["minio.internal"], "https://minio.internal:9000 anywhere"],
    ["https://minio.internal:9000/x", "https://ghcr.io", "ghcr.io", ["minio.internal:9001"], "https://minio.internal:9000 public"],
    ["https://evil-minio.internal/x", "https://ghcr.io", "ghcr.io", ["minio.internal"], "https://evil-minio.internal public"],
    ["http://minio.internal/x", "https://ghcr.io", "ghcr.io", ["minio.internal"], "refused"],
    ["http://ghcr.io/x", "https://ghcr.io", "ghcr.io", [], "refused"],
    ["http://storage.example/x", "http://localhost:5000", "localhost:5000", [], "refused"],
    ["http://localhost:5000/x", "https://storage.example", "localhost:5000", [], "refused"],
  ])("to %s from %s of %s with %j is %s", (location, from, registry, listed, expected) => {
    expect(judge(location, from, registry, listed)).toBe(expected);
  });
});

describe("a redirected question", () => {
  const IMAGE = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] });
  const DIGEST = digestOf(IMAGE);
  const TEXT_404 = { status: 404, headers: { "content-type": "text/plain" }, body: "404: Not Found" };
  const UNKNOWN = { status: 404, headers: { "content-type": "application/json" }, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
  interface Given {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body?: string;
  }

  /** Answers as a registry that has the tag v1, whatever its path begins with. */
  function answerTrue({ url, headers }: SeenRequest): Given {
    if (headers.accept !== MANIFEST_ACCEPT && url.includes("/manifests/")) return TEXT_404;
    if (url.includes("/tags/list")) return json({ tags: ["v1"] });
    if (url.includes("/referrers/")) return json({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
    if (!/\/manifests\/(?:v1|sha256:)/.test(url)) return UNKNOWN;
    return { status: 200, headers: { "content-type": OCI_MANIFEST, "docker-content-digest": DIGEST }, body: IMAGE };
  }

  const json = (document: object): Given => ({ status: 200, headers: {}, body: JSON.stringify(document) });
  const to = (location: string, status = 307): Given => ({ status, headers: { location } });

  async function serve(answer: (request: SeenRequest) => Given): Promise<ScriptedServer> {
    const server = await startServer((request, response) => {
      const { status, headers, body = "" } = answer(request);
      response.writeHead(status, headers);
      response.end(request.method === "HEAD" ? undefined : body);
    });
    open.push(server);
    return server;
  }

  /** A registry that sends everything on, below another path, to a host that has it. */
  async function servePair(far: (request: SeenRequest) => Given = answerTrue) {
    const other = await serve(far);
    const registry = await serve(({ url }) => to(`${other.url}/far${url}`));
    return { other, registry };
  }

  function openAt(host: string, ...redirects: string[]) {
    const { client, clients } = openClient(host, { redirects }, { credential: ROBOT });
    open.push(clients);
    return client;
  }

  async function askAll(client: RepositoryClient): Promise<string[]> {
    const { complete } = await client.listTags();
    const answers = [
      await client.resolveTag("v1", { listed: true }),
      await client.fetchManifest("v1", { listed: true }),
      await client.hasManifest(DIGEST),
      await client.listReferrers(DIGEST),
      await client.resolveTag("v2", { listed: false }),
      await client.fetchManifest("v2", { listed: false }),
    ];
    return [complete ? "complete" : "incomplete", ...answers.map(({ kind }) => kind)];
  }
  const RIGHT = ["complete", "found", "found", "found", "listed", "absent", "absent"];

  it("is followed to a host that the watch list names, with the same Accept", async () => {
    const { other, registry } = await servePair();
    expect(await askAll(openAt(registry.host, other.host))).toEqual(RIGHT);
    expect(new Set(other.seen.map(({ headers }) => headers.authorization))).toEqual(new Set([undefined]));
  });

  it("is followed on its own host to any path, from anew each time, with the credentials", async () => {
    const registry = await serve((request) => {
      if (request.headers.authorization === undefined) return { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } };
      if (!request.url.startsWith("/v2/")) return request.url.includes(`token-${request.method}`) ? answerTrue(request) : TEXT_404;
      const mark = request.url.includes("?") ? "&" : "?";
      return to(`/content${request.url.slice(3)}${mark}t=token-${request.method}`, 302);
    });
    expect(await askAll(openAt(registry.host))).toEqual(RIGHT);
  });

  it("is not followed to a host that nobody names, and says what to write", async () => {
    const { other, registry } = await servePair();
    const client = openAt(registry.host);
    for (const answer of [await client.resolveTag("v1", { listed: true }), await client.fetchManifest("v1", { listed: true })]) {
      expect(answer).toMatchObject({ kind: "failed", failure: { code: "redirected", status: 307 } });
      expect(JSON.stringify(answer)).toContain(`redirects: [\\"${other.host}\\"] under registries: \\"${registry.host}\\":`);
    }
    expect(await client.listTags()).toMatchObject({ complete: false, failure: { code: "redirected" } });
    expect(await client.listReferrers(DIGEST)).toMatchObject({ kind: "failed", failure: { code: "redirected" } });
    expect(other.seen).toEqual([]);
  });

  it("is not followed to a public host that nobody names", async () => {
    const registry = await serve(() => to("https://registry.example/v2/x"));
    const answer = await openAt(registry.host).fetchManifest("v1", { listed: true });
    expect(JSON.stringify(answer)).toContain('redirects: [\\"registry.example\\"]');
  });

  it.each([
    ["text", TEXT_404, "failed"],
    ["no body and no label", { status: 404, headers: {} }, "absent"],
    ["somebody's JSON", { status: 404, headers: { "content-type": "application/json" }, body: '{"message":"Not Found"}' }, "failed"],
    ["a registry's words", UNKNOWN, "absent"],
  ])("that ends at a 404 of %s is %s only by the proof that any 404 needs", async (_, given, kind) => {
    const { other, registry } = await servePair((request) =>
      request.url.includes("/v2/acme/app/manifests") ? given : answerTrue(request),
    );
    const client = openAt(registry.host, other.host);
    await client.listTags();
    expect((await client.fetchManifest("v2", { listed: false })).kind).toBe(kind);
    expect((await client.resolveTag("v2", { listed: false })).kind).toBe(kind);
    expect((await client.hasManifest(DIGEST)).kind).toBe(kind);
  });

  it("is asked by GET where the place that it leads to refuses HEAD", async () => {
    const { other, registry } = await servePair((request) =>
      request.method === "HEAD" ? { status: 403, headers: {} } : answerTrue(request),
    );
    expect(await openAt(registry.host, other.host).resolveTag("v1", { listed: true })).toMatchObject({ value: { digest: DIGEST } });
  });

  it.each([
    ["keeps it", "?", true],
    ["loses it", "", false],
  ])("whose redirect %s the query of a list is continued where that can be asked", async (_, mark, keeps) => {
    const pages: Record<string, string[]> = { "": ["a", "b"], b: ["c", "d"], d: ["e"] };
    const other = await serve(({ url }) => {
      const page = pages[new URL(url, "http://x").searchParams.get("last") ?? ""] ?? [];
      const last = page.at(-1);
      const link: Record<string, string> = last === "e" ? {} : { link: `</v2/elsewhere/tags/list?n=2&last=${last}>; rel="next"` };
      return { status: 200, headers: link, body: JSON.stringify({ tags: page }) };
    });
    const registry = await serve(({ url }) => to(`${other.url}/far/tags/list${keeps ? mark + url.split("?")[1] : ""}`));
    const list = await openAt(registry.host, other.host).listTags();
    expect([[...list.tags], list.complete]).toEqual([["a", "b", "c", "d", "e"], true]);
    expect([registry.seen.length, other.seen.length]).toEqual(keeps ? [3, 3] : [1, 3]);
    expect(other.seen.every(({ url }) => url.startsWith("/far/tags/list"))).toBe(true);
  });

  it.each([
    ["GHCR's 303 to a page", to("https://github.com/-/v2/packages/container/package/acme%2Fapp%2Freferrers%2Fsha256", 303)],
    ["a redirect to a login on the same host", to("/login", 302)],
  ])("for referrers that leads to a page, as %s does, shows that there is no such API", async (_, given) => {
    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html>" };
    const registry = await serve(({ url }) => (url === "/login" ? page : given));
    expect(await openAt(registry.host).listReferrers(DIGEST)).toMatchObject({ kind: "unsupported", wellFormed: false });
  });
});
