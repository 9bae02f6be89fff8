import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { newRepository, newSettings, openClient, openClients } from "./open-clients.ts";
import { sendJson, startServer, type SeenRequest } from "./start-server.ts";

const TAGS = Array.from({ length: 2_500 }, (_, at) => `v${at}`);
let registry: ControlRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

function putTags(count: number): void {
  const { digest } = registry.store.putManifest("acme/app", "{}", OCI_MANIFEST);
  for (const tag of TAGS.slice(0, count)) registry.store.tag("acme/app", tag, digest);
}

async function list() {
  const { client, clients } = openClient(registry.host);
  const { tags, complete, failure } = await client.listTags();
  await clients.close();
  return { count: tags.size, complete, code: failure?.code ?? null, requests: registry.requests.count() };
}

describe("a tag list", () => {
  it.each([
    [0, 1],
    [1, 2],
    [999, 2],
    [1_001, 2],
    [2_500, 3],
  ])("of %i tags is complete after %i requests", async (count, requests) => {
    putTags(count);
    expect(await list()).toEqual({ count, complete: true, code: null, requests });
  });

  it.each([1, 50, 1_000])("of %i tags without a link is asked once more what follows", async (count) => {
    putTags(count);
    expect(await list()).toEqual({ count, complete: true, code: null, requests: 2 });
  });

  it("is not asked what follows where the registry delivered a longer page before", async () => {
    putTags(30);
    const { digest } = registry.store.putManifest("acme/small", "{}", OCI_MANIFEST);
    for (const tag of TAGS.slice(0, 29)) registry.store.tag("acme/small", tag, digest);
    const { clients } = openClients([newSettings(registry.host)]);
    await clients.of(newRepository(registry.host)).listTags();
    registry.requests.clear();
    expect(await clients.of(newRepository(registry.host, "acme/small")).listTags()).toMatchObject({ complete: true });
    expect(registry.requests.count()).toBe(1);
    await clients.close();
  });

  it("is complete where a server forgets its links", async () => {
    registry.setOptions({ tagsPaging: "without-link" });
    putTags(2_500);
    expect(await list()).toMatchObject({ count: 2_500, complete: true });
  });

  it.each([
    [1, 3],
    [99, 3],
    [100, 3],
    [100, 100],
    [250, 100],
    [1_000, 100],
  ])("of %i tags is complete where a server shortens its pages to %i in silence", async (count, tagsPageSize) => {
    registry.setOptions({ tagsPaging: "without-link", tagsPageSize });
    putTags(count);
    expect(await list()).toMatchObject({ count, complete: true });
  });

  it.each([1, 50, 100, 1_000, 2_500])("of %i tags is complete where a server ignores n", async (count) => {
    registry.setOptions({ tagsPaging: "ignores-n" });
    putTags(count);
    expect(await list()).toMatchObject({ count, complete: true });
  });

  it("follows the pages of a server that gives fewer than asked for", async () => {
    registry.setOptions({ tagsPageSize: 100 });
    putTags(950);
    expect(await list()).toEqual({ count: 950, complete: true, code: null, requests: 10 });
  });

  it("is asked for without n where n is refused, from then on", async () => {
    registry.setOptions({ tagsMaximum: 500 });
    putTags(300);
    const { client, clients } = openClient(registry.host);
    expect(await client.listTags()).toMatchObject({ complete: true });
    await client.listTags();
    expect(registry.requests.entries("tags").map(({ query }) => query)).toEqual(["n=1000", "", "last=v99", "", "last=v99"]);
    await clients.close();
  });

  it("that is null is empty", async () => {
    registry.setOptions({ tagsNull: true });
    putTags(0);
    expect(await list()).toMatchObject({ count: 0, complete: true });
  });

  it("keeps the tags of the pages that could be read", async () => {
    putTags(1_500);
    registry.setFault({ when: ({ path }) => path.includes("last="), fault: "500" });
    expect(await list()).toMatchObject({ count: 1_000, complete: false, code: "page-missing" });
  });
});

describe("a strange tag list", () => {
  async function listFrom(answer: (request: SeenRequest, page: number) => { tags?: unknown; link?: string }) {
    const server = await startServer((request, response) => {
      const { link, ...document } = answer(request, server.seen.length);
      sendJson(response, 200, document, link === undefined ? {} : { link });
    });
    const { client, clients } = openClient(server.host);
    const { tags, malformed, complete, failure } = await client.listTags();
    await clients.close();
    await server.close();
    return { tags: [...tags], malformed, complete, code: failure?.code ?? null, asked: server.seen.map(({ url }) => url) };
  }

  it("loses nulls, digests and words that are no tags, and counts them", async () => {
    const tags = ["a", null, "b", `sha256:${"0".repeat(64)}`, "x".repeat(129), "", "a/b", 5, `sha256-${"0".repeat(64)}.sig`];
    expect(await listFrom(() => ({ tags }))).toMatchObject({
      tags: ["a", "b", `sha256-${"0".repeat(64)}.sig`],
      malformed: 6,
      complete: true,
    });
  });

  it.each([[{}], [{ tags: "a" }], [{ tags: {} }]])("of %j is no list", async (document) => {
    expect(await listFrom(() => document)).toMatchObject({ complete: false, code: "unexpected-content" });
  });

  it("asks its own origin and path for the next page, whatever the link says", async () => {
    const links = ['<http://evil.example/v2/other/tags/list?n=1&last=a>; rel="next"', '<//evil.example/x?last=b>; rel="next"'];
    const { tags, complete, asked } = await listFrom((_, page) => ({
      tags: [["a"], ["b"], ["c"]][page - 1],
      ...(links[page - 1] ? { link: links[page - 1]! } : {}),
    }));
    expect({ tags, complete }).toEqual({ tags: ["a", "b", "c"], complete: true });
    expect(asked).toEqual(["/v2/acme/app/tags/list?n=1000", "/v2/acme/app/tags/list?n=1&last=a", "/v2/acme/app/tags/list?last=b"]);
  });

  it("is complete with an empty last page", async () => {
    const pages = [{ tags: ["a"], link: '</v2/x?last=a>; rel="next"' }, { tags: [] }];
    expect(await listFrom((_, page) => pages[page - 1]!)).toMatchObject({ tags: ["a"], complete: true });
  });

  it("may be in any order and overlap", async () => {
    const pages = [
      { tags: ["c", "b"], link: '</v2/x?page=2>; rel="next"' },
      { tags: ["b", "c"], link: '</v2/x?page=3>; rel="next"' },
      { tags: ["a"] },
    ];
    expect(await listFrom((_, page) => pages[page - 1]!)).toMatchObject({ tags: ["c", "b", "a"], complete: true });
  });

  it("that repeats its pages under new names is not complete, and not followed for long", async () => {
    const { complete, code, asked } = await listFrom((_, page) => ({ tags: ["a"], link: `</v2/x?page=${page}>; rel="next"` }));
    expect({ complete, code }).toEqual({ complete: false, code: "page-missing" });
    expect(asked).toHaveLength(3);
  });

  const numberIn = ({ url }: SeenRequest): number => Number(new URL(url, "http://x").searchParams.get("n") ?? Infinity);
  const isProbe = ({ url }: SeenRequest): boolean => url.includes("last=");

  it("that forgets its links, ignores last and honours n is not complete", async () => {
    const answer = (request: SeenRequest) => ({ tags: TAGS.slice(0, numberIn(request)) });
    expect(await listFrom(answer)).toMatchObject({ complete: false, code: "page-missing" });
  });

  it.each([1, 7, 99, 101, 999])("of %i tags is complete where last is ignored and n honoured", async (count) => {
    const answer = (request: SeenRequest) => ({ tags: TAGS.slice(0, Math.min(count, numberIn(request))) });
    const { tags, complete, asked } = await listFrom(answer);
    expect([tags.length, complete, asked.length]).toEqual([count, true, 2]);
  });

  it.each([50, 100, 500])("shortened to %i in silence is not complete where last is ignored", async (maximum) => {
    const answer = (request: SeenRequest) => ({ tags: TAGS.slice(0, Math.min(maximum, numberIn(request))) });
    expect(await listFrom(answer)).toMatchObject({ complete: false, code: "page-missing" });
  });

  it("is complete where n is ignored and last honoured", async () => {
    expect(await listFrom((request) => ({ tags: isProbe(request) ? [] : TAGS }))).toMatchObject({ complete: true });
  });

  it("in no order is complete if what follows its last name is known", async () => {
    expect(await listFrom((request) => ({ tags: isProbe(request) ? ["c"] : ["a", "c", "b"] }))).toMatchObject({ complete: true });
  });

  it("is read on as long as something new follows, whatever n was asked for", async () => {
    const pages = [["c", "d"], ["a"], ["e"], ["a", "e"]];
    const { tags, complete, asked } = await listFrom((_, page) => ({ tags: pages[page - 1] }));
    expect([tags, complete]).toEqual([["c", "d", "a", "e"], true]);
    expect(asked.map((url) => url.split("?")[1])).toEqual(["n=1000", "n=1000&last=d", "n=1000&last=a", "n=1000&last=e"]);
  });

  it.each([
    [400, 7, true],
    [404, 7, true],
    [404, 1_000, false],
    [403, 7, false],
    [500, 7, false],
  ])("whose server answers %i to the question what follows %i tags: complete is %s", async (status, count, complete) => {
    const server = await startServer((request, response) =>
      isProbe(request) ? sendJson(response, status, {}) : sendJson(response, 200, { tags: TAGS.slice(0, count) }),
    );
    const { client, clients } = openClient(server.host, { retries: 0 });
    expect(await client.listTags()).toMatchObject({ complete, failure: complete ? null : { code: "page-missing" } });
    await clients.close();
    await server.close();
  });

  it.each(["garbage", "</v2/x?last=a>", '</v2/x?last=a; rel="next"'])("with the link %j is not complete", async (link) => {
    expect(await listFrom(() => ({ tags: ["a"], link }))).toMatchObject({ tags: ["a"], complete: false, code: "page-missing" });
  });

  it.each(["text/plain; charset=utf-8", "application/octet-stream", "text/html", null])(
    "labelled %j is read all the same",
    async (type) => {
      const server = await startServer((request, response) => {
        response.writeHead(200, type === null ? {} : { "content-type": type });
        response.end(JSON.stringify({ name: "acme/app", tags: isProbe(request) ? [] : ["a"] }));
      });
      const { client, clients } = openClient(server.host);
      expect(await client.listTags()).toMatchObject({ complete: true, tags: new Set(["a"]) });
      await clients.close();
      await server.close();
    },
  );
});
