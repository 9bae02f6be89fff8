import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { MANIFEST_ACCEPT, OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { MANIFEST_LIMIT_BYTES, REFERRERS_LIMIT } from "../../lib/registry/limits.ts";
import { openClient, type OpenedClient } from "./open-clients.ts";
import { sendJson, startServer } from "./start-server.ts";

const IMAGE = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] });
let registry: ControlRegistry;
let opened: OpenedClient;

beforeEach(async () => {
  registry = await startRegistry();
  opened = openClient(registry.host);
});
afterEach(async () => {
  await opened.clients.close();
  await registry.close();
});

describe("a manifest", () => {
  it("is asked for with every media type at once", async () => {
    registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1");
    await opened.client.resolveTag("v1", { listed: true });
    await opened.client.fetchManifest("v1", { listed: true });
    expect(registry.requests.entries().map(({ method, accept }) => [method, accept])).toEqual([
      ["HEAD", MANIFEST_ACCEPT],
      ["GET", MANIFEST_ACCEPT],
    ]);
  });

  it.each(["sha256", "sha512"] as const)("is found by its %s digest", async (algorithm) => {
    const { digest } = registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1", algorithm);
    const answer = await opened.client.fetchManifest(digest, { listed: true });
    expect(answer).toMatchObject({
      kind: "found",
      value: { digest, mediaType: OCI_MANIFEST, bytes: Buffer.from(IMAGE), manifest: { kind: "manifest" } },
    });
    expect(await opened.client.resolveTag("v1", { listed: true })).toEqual({ kind: "found", value: { digest, mediaType: OCI_MANIFEST } });
  });

  it.each([
    ["an artifact of its own type", "{}", "application/vnd.acme+json", "unexpected-content"],
    ["a document with two meanings", '{"manifests":[],"layers":[]}', OCI_MANIFEST, "unexpected-content"],
    ["another mediaType inside", JSON.stringify({ mediaType: OCI_INDEX }), OCI_MANIFEST, "unexpected-content"],
    ["a list", "[]", OCI_MANIFEST, "unexpected-content"],
    ["half a document", IMAGE.slice(0, 20), OCI_MANIFEST, "invalid-json"],
    ["depth without end", "[".repeat(100), OCI_MANIFEST, "invalid-json"],
  ])("that is %s is no candidate by tag, and delivered but unusable by digest", async (_, bytes, mediaType, code) => {
    const { digest } = registry.store.putManifest("acme/app", bytes, mediaType, "v1");
    const byTag = await opened.client.fetchManifest("v1", { listed: true });
    expect(byTag).toMatchObject({ kind: "failed", failure: { code } });
    expect(byTag).not.toHaveProperty("failure.delivered");
    expect(await opened.client.fetchManifest(digest, { listed: true })).toMatchObject({
      kind: "failed",
      failure: { code, delivered: true },
    });
  });

  it.each([
    [0, "found"],
    [1, "failed"],
  ])("of 4 MiB and %i bytes is %s", async (more, kind) => {
    const start = '{"schemaVersion":2,"annotations":{"a":"';
    const bytes = `${start}${"x".repeat(MANIFEST_LIMIT_BYTES - start.length - 3 + more)}"}}`;
    registry.store.putManifest("acme/app", bytes, OCI_MANIFEST, "v1");
    expect(await opened.client.fetchManifest("v1", { listed: true })).toMatchObject(more ? { kind, failure: { code: "limit" } } : { kind });
  });

  it("is still there, or gone for good", async () => {
    const { digest } = registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1");
    expect(await opened.client.hasManifest(digest)).toEqual({ kind: "found", value: true });
    registry.store.deleteManifest("acme/app", digest);
    expect(await opened.client.hasManifest(digest)).toMatchObject({ kind: "absent" });
  });

  it("is asked for by GET from then on where HEAD is refused or tells no digest", async () => {
    registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1");
    registry.setFault({ when: { method: "HEAD" }, fault: "405" });
    for (let time = 0; time < 2; time++) expect(await opened.client.resolveTag("v1", { listed: true })).toMatchObject({ kind: "found" });
    expect(registry.requests.entries().map(({ method }) => method)).toEqual(["HEAD", "GET", "GET"]);
  });
});

describe("a compressed manifest", () => {
  async function fetchCompressed(body: Buffer, encoding: string) {
    const server = await startServer((_, response) => {
      response.writeHead(200, { "content-type": OCI_MANIFEST, "content-encoding": encoding });
      response.end(body);
    });
    const { client, clients } = openClient(server.host);
    const answer = await client.fetchManifest(digestOf(IMAGE), { listed: true });
    await clients.close();
    await server.close();
    return { answer, asked: server.seen[0]!.headers["accept-encoding"] };
  }

  it("is not asked for, and hashed as what it stands for", async () => {
    const { answer, asked } = await fetchCompressed(gzipSync(IMAGE), "gzip");
    expect(asked).toBe("identity");
    expect(answer).toMatchObject({ kind: "found", value: { digest: digestOf(IMAGE) } });
  });

  it.each([
    ["a bomb", gzipSync(Buffer.alloc(MANIFEST_LIMIT_BYTES + 1)), "gzip"],
    ["no gzip at all", Buffer.from(IMAGE), "gzip"],
    ["an encoding of its own", Buffer.from(IMAGE), "acme"],
  ])("that is %s is unexpected", async (_, body, encoding) => {
    expect((await fetchCompressed(body, encoding)).answer).toMatchObject({ kind: "failed", failure: { code: "unexpected-content" } });
  });
});

describe("referrers", () => {
  const subject = digestOf(IMAGE);
  const descriptor = (at: number) => ({ mediaType: OCI_MANIFEST, digest: digestOf(String(at)), size: 10 });

  async function list(pages: readonly unknown[], type = OCI_INDEX) {
    const server = await startServer((request, response) => {
      const page = Number(new URL(request.url, "http://x").searchParams.get("page") ?? 0);
      const link = page + 1 < pages.length ? { link: `<https://elsewhere.example/v2/x?page=${page + 1}>; rel=next` } : {};
      response.writeHead(200, { "content-type": type, ...link });
      response.end(JSON.stringify(pages[page]));
    });
    const { client, clients } = openClient(server.host);
    const answer = await client.listReferrers(subject);
    await clients.close();
    await server.close();
    return { answer, asked: server.seen.map(({ url }) => url) };
  }

  it("are read from all pages, each once, on the same path and without a filter", async () => {
    const { answer, asked } = await list([{ manifests: [descriptor(1), descriptor(2)] }, { manifests: [descriptor(2), descriptor(3)] }]);
    expect(answer.kind === "listed" && answer.descriptors.map(({ digest }) => digest)).toEqual(
      [1, 2, 3].map((at) => descriptor(at).digest),
    );
    expect(asked).toEqual([`/v2/acme/app/referrers/${subject}`, `/v2/acme/app/referrers/${subject}?page=1`]);
  });

  it.each([[{ manifests: [] }], [{ manifests: null }]])("of %j are none", async (document) => {
    expect((await list([document])).answer).toEqual({ kind: "listed", descriptors: [] });
  });

  it("may be an index with parameters in its content type", async () => {
    expect((await list([{ manifests: [descriptor(1)] }], `${OCI_INDEX.toUpperCase()}; charset=utf-8`)).answer).toMatchObject({
      kind: "listed",
    });
  });

  it.each([
    ["another content type", [{ manifests: [] }], "application/json", "unexpected-content"],
    ["no list", [{}], OCI_INDEX, "unexpected-content"],
    ["another document", [{ mediaType: OCI_MANIFEST, manifests: [] }], OCI_INDEX, "unexpected-content"],
    ["an entry without a digest", [{ manifests: [{ size: 1 }] }], OCI_INDEX, "unexpected-content"],
    ["too many entries", [{ manifests: Array.from({ length: REFERRERS_LIMIT + 1 }, (_, at) => descriptor(at)) }], OCI_INDEX, "limit"],
    [
      "too many entries over pages",
      [0, 2_500].map((from) => ({ manifests: Array.from({ length: 2_500 }, (_, at) => descriptor(from + at)) })),
      OCI_INDEX,
      "limit",
    ],
    ["pages without end", Array.from({ length: 1_000 }, () => ({ manifests: [] })), OCI_INDEX, "limit"],
    ["a later page that is something else", [{ manifests: [descriptor(1)] }, { manifests: "x" }], OCI_INDEX, "page-missing"],
  ])("with %s are a failure", async (_, pages, type, code) => {
    expect((await list(pages, type)).answer).toMatchObject({ kind: "failed", failure: { code } });
  });

  it("that are empty prove nothing about the repository", async () => {
    const server = await startServer((request, response) => {
      const isList = request.url.includes("/referrers/");
      sendJson(response, isList ? 200 : 404, isList ? { manifests: [] } : { errors: [{ code: "NAME_UNKNOWN" }] }, {
        "content-type": OCI_INDEX,
      });
    });
    const { client, clients } = openClient(server.host);
    expect(await client.listReferrers(subject)).toMatchObject({ kind: "listed" });
    expect(await client.fetchManifest("v1", { listed: false })).toMatchObject({ kind: "failed", failure: { code: "not-found" } });
    await clients.close();
    await server.close();
  });

  it("are not supported where the registry has no such API", async () => {
    registry.setOptions({ referrersApi: false });
    registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1");
    expect(await opened.client.listReferrers(subject)).toMatchObject({ kind: "unsupported", wellFormed: true });
  });
});

describe("a blob", () => {
  const describeBytes = (bytes: Buffer, size = bytes.length) =>
    ({ mediaType: "", digest: digestOf(bytes), size, artifactType: null, annotations: {}, platform: null }) as const;

  it.each([0, 1, 70_000])("of %i bytes is exactly what was described", async (size) => {
    const bytes = Buffer.alloc(size, "x");
    registry.store.putBlob("acme/app", bytes);
    expect(await opened.client.fetchBlob(describeBytes(bytes))).toEqual({ kind: "found", value: bytes });
  });

  it.each([-1, 1])("of %i bytes more than described is a mismatch", async (more) => {
    const bytes = Buffer.alloc(100, "x");
    registry.store.putBlob("acme/app", bytes);
    expect(await opened.client.fetchBlob(describeBytes(bytes, 100 - more))).toMatchObject({
      kind: "failed",
      failure: { code: "digest-mismatch" },
    });
  });

  it("past the limit of evidence is not asked for", async () => {
    const answer = await opened.client.fetchBlob(describeBytes(Buffer.alloc(0), 10 * 1024 ** 3));
    expect(answer).toMatchObject({ kind: "failed", failure: { code: "limit", attempts: 0 } });
    expect(registry.requests.count()).toBe(0);
  });
});
