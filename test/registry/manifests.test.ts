import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { DOCKER_SCHEMA_1, MANIFEST_ACCEPT, OCI_ARTIFACT, OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { MANIFEST_LIMIT_BYTES } from "../../lib/registry/limits.ts";
import { openClient, type OpenedClient } from "./open-clients.ts";
import { startServer } from "./start-server.ts";
import { takeBlob } from "./take-blob.ts";

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
    ["a document that contradicts itself", JSON.stringify({ mediaType: OCI_INDEX, layers: [] }), OCI_INDEX, "unexpected-content"],
    ["an error document", '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', "application/json", "unexpected-content"],
    ["a page", "<html>", "text/html", "unexpected-content"],
    ["of schema 1", '{"schemaVersion":1,"name":"app","fsLayers":[]}', DOCKER_SCHEMA_1, "unexpected-content"],
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

  it.each(["text/plain", "application/json", "application/octet-stream", "text/html", OCI_INDEX, ""])(
    "that is labelled %j is what its bytes are, by tag, by digest and resolved",
    async (label) => {
      const { digest } = registry.store.putManifest("acme/app", IMAGE, label, "v1");
      for (const reference of ["v1", digest])
        expect(await opened.client.fetchManifest(reference, { listed: true })).toMatchObject({
          value: { digest, mediaType: OCI_MANIFEST },
        });
      expect(await opened.client.resolveTag("v1", { listed: true })).toMatchObject({ kind: "found", value: { digest } });
      expect(await opened.client.hasManifest(digest)).toEqual({ kind: "found", value: true });
    },
  );

  it("that is labelled wrongly is asked for by GET from then on", async () => {
    registry.store.putManifest("acme/app", IMAGE, "application/json", "v1");
    for (let time = 0; time < 2; time++)
      expect(await opened.client.resolveTag("v1", { listed: true })).toMatchObject({ value: { mediaType: OCI_MANIFEST } });
    expect(registry.requests.entries().map(({ method }) => method)).toEqual(["HEAD", "GET", "GET"]);
  });

  it("of schema 1 is resolved to its digest, and the next tag by HEAD again", async () => {
    const { digest } = registry.store.putManifest("acme/app", '{"schemaVersion":1,"fsLayers":[]}', DOCKER_SCHEMA_1, "v1");
    registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v2");
    expect(await opened.client.resolveTag("v1", { listed: true })).toEqual({
      kind: "found",
      value: { digest, mediaType: DOCKER_SCHEMA_1 },
    });
    await opened.client.resolveTag("v2", { listed: true });
    expect(registry.requests.entries().map(({ method }) => method)).toEqual(["HEAD", "GET", "HEAD"]);
  });

  it("of the artifact form is read with its blobs as layers", async () => {
    const layer = { mediaType: "application/x", digest: digestOf("x"), size: 1 };
    const artifact = JSON.stringify({ mediaType: OCI_ARTIFACT, artifactType: "application/y", blobs: [layer] });
    registry.store.putManifest("acme/app", artifact, OCI_ARTIFACT, "v1");
    expect(await opened.client.fetchManifest("v1", { listed: true })).toMatchObject({
      value: { mediaType: OCI_ARTIFACT, manifest: { kind: "manifest", layers: [{ digest: layer.digest }] } },
    });
  });

  it("is resolved by GET where that is asked for, whatever HEAD says", async () => {
    const { digest } = registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1");
    registry.setFault({ when: { method: "HEAD" }, fault: "wrong-digest-header" });
    expect(await opened.client.resolveTag("v1", { listed: true })).not.toMatchObject({ value: { digest } });
    expect(await opened.client.resolveTag("v1", { listed: true, by: "GET" })).toMatchObject({ value: { digest } });
    expect(await opened.client.hasManifest(digest)).toEqual({ kind: "found", value: true });
  });

  it.each(["404-text", "404-html"] as const)("that HEAD answers with %s is there or gone as GET says", async (fault) => {
    const { digest } = registry.store.putManifest("acme/app", IMAGE, OCI_MANIFEST, "v1");
    registry.setFault({ when: { method: "HEAD" }, fault });
    expect(await opened.client.resolveTag("v1", { listed: true })).toMatchObject({ value: { digest } });
    expect(await opened.client.hasManifest(digest)).toEqual({ kind: "found", value: true });
    registry.store.deleteManifest("acme/app", digest);
    expect(await opened.client.hasManifest(digest)).toMatchObject({ kind: "absent" });
    expect(await opened.client.resolveTag("v1", { listed: false })).toMatchObject({ kind: "absent" });
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

describe("a blob", () => {
  const describeBytes = (bytes: Buffer, size = bytes.length) =>
    ({ mediaType: "", digest: digestOf(bytes), size, artifactType: null, annotations: {}, platform: null }) as const;

  it.each([0, 1, 70_000])("of %i bytes is exactly what was described", async (size) => {
    const bytes = Buffer.alloc(size, "x");
    registry.store.putBlob("acme/app", bytes);
    expect(await takeBlob(opened.client, describeBytes(bytes))).toEqual({ kind: "found", value: bytes });
  });

  it.each([0, 1, 99, 101, 10 * 1024 ** 3])("of 100 bytes is read although %i are described", async (size) => {
    const bytes = Buffer.alloc(100, "x");
    registry.store.putBlob("acme/app", bytes);
    expect(await takeBlob(opened.client, describeBytes(bytes, size), 100)).toEqual({ kind: "found", value: bytes });
  });

  it("past its limit is there and cannot be used if it is described so, and something else if not", async () => {
    const bytes = Buffer.alloc(101, "x");
    registry.store.putBlob("acme/app", bytes);
    expect(await takeBlob(opened.client, describeBytes(bytes), 100)).toMatchObject({ failure: { code: "limit", delivered: true } });
    const answer = await takeBlob(opened.client, describeBytes(bytes, 100), 100);
    expect(answer).toMatchObject({ failure: { code: "digest-mismatch" } });
    expect(answer).not.toHaveProperty("failure.delivered");
  });
});
