import { describe, expect, it } from "vitest";
import { startRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { REFERRERS_LIMIT } from "../../lib/registry/limits.ts";
import { openClient } from "./open-clients.ts";
import { sendJson, startServer } from "./start-server.ts";

describe("referrers", () => {
  const subject = digestOf("an image");
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

  it.each(["text/plain", "application/json", "application/octet-stream", "text/html"])(
    "labelled %s are an index by their bytes",
    async (type) => {
      for (const own of [{ mediaType: OCI_INDEX }, { schemaVersion: 2 }]) {
        expect((await list([{ ...own, manifests: [descriptor(1)] }], type)).answer).toMatchObject({ kind: "listed", descriptors: [{}] });
        expect((await list([{ ...own, manifests: [] }], type)).answer).toEqual({ kind: "listed", descriptors: [] });
      }
    },
  );

  it.each(['</v2/x?page=1; rel="next"', "/v2/x/page/2; rel=next", "<x>", "more"])("with the link %j are a failure", async (link) => {
    const server = await startServer((_, response) => sendJson(response, 200, { schemaVersion: 2, manifests: [descriptor(1)] }, { link }));
    const { client, clients } = openClient(server.host);
    expect(await client.listReferrers(subject)).toMatchObject({ kind: "failed", failure: { code: "page-missing" } });
    await clients.close();
    await server.close();
  });

  it.each([
    ["another content type, and nothing that says what they are", [{ manifests: [] }], "application/json", "unexpected-content"],
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

  it.each([
    [404, null, "unsupported"],
    [405, "UNSUPPORTED", "unsupported"],
    [405, null, "unsupported"],
    [406, null, "unsupported"],
    [400, "UNSUPPORTED", "unsupported"],
    [400, "METHOD_UNKNOWN", "unsupported"],
    [400, "MANIFEST_INVALID", "unsupported"],
    [501, "UNSUPPORTED", "unsupported"],
    [400, null, "failed"],
    [400, "NAME_INVALID", "failed"],
    [501, null, "failed"],
    [401, "UNSUPPORTED", "failed"],
    [403, "UNSUPPORTED", "failed"],
    [408, "UNSUPPORTED", "failed"],
    [429, "UNSUPPORTED", "failed"],
    [500, "UNSUPPORTED", "failed"],
    [503, "MANIFEST_INVALID", "failed"],
  ])("answered by %i %s are %s", async (status, code, kind) => {
    const document = code === null ? { errors: [{ status, message: "x" }] } : { errors: [{ code, message: "x" }] };
    const server = await startServer((_, response) => sendJson(response, status, document));
    const { client, clients } = openClient(server.host, { retries: 0 });
    expect(await client.listReferrers(subject)).toMatchObject({ kind });
    await clients.close();
    await server.close();
  });

  it("are not supported where the registry has no such API", async () => {
    const registry = await startRegistry({ referrersApi: false });
    registry.store.putManifest("acme/app", "{}", OCI_MANIFEST, "v1");
    const { client, clients } = openClient(registry.host);
    expect(await client.listReferrers(subject)).toMatchObject({ kind: "unsupported", wellFormed: true });
    await clients.close();
    await registry.close();
  });
});
