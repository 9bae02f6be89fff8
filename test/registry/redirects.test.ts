import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { endpointOf } from "../../lib/registry/endpoint.ts";
import { judgeRedirect } from "../../lib/registry/blobs.ts";
import { openClient } from "./open-clients.ts";
import { sendJson, startServer, type ScriptedServer } from "./start-server.ts";

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
  return { answer: await client.fetchBlob(BLOB), traffic: clients.traffic().map(({ requests }) => requests) };
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

describe("a redirect of anything else", () => {
  it("is never followed", async () => {
    const other = await startServer((_, response) => sendJson(response, 200, { tags: ["evil"] }));
    const registry = await startServer((_, response) => {
      response.writeHead(302, { location: `${other.url}/v2/acme/app/tags/list` });
      response.end();
    });
    open.push(other, registry);
    const { client, clients } = openClient(registry.host, { redirects: [other.host] });
    open.push(clients);
    expect(await client.listTags()).toMatchObject({ complete: false, failure: { code: "redirected", status: 302 } });
    expect(await client.resolveTag("v1", { listed: true })).toMatchObject({ failure: { code: "redirected" } });
    expect(await client.fetchManifest("v1", { listed: true })).toMatchObject({ failure: { code: "redirected" } });
    expect(await client.listReferrers(BLOB.digest)).toMatchObject({ kind: "unsupported", wellFormed: false });
    expect(other.seen).toEqual([]);
  });
});
