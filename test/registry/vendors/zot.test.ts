import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { newRepository, newSettings, openClients } from "../open-clients.ts";
import { sendJson, startServer } from "../start-server.ts";
import { BROKEN_ANSWERS } from "./broken-answers.ts";
import { imageOf, signatureOf } from "../../imitations/imitation.ts";

const SEARCH = "/v2/_zot/ext/search";
const SHOWN = { "access-control-allow-headers": "Authorization,content-type,X-ZOT-API-CLIENT" };
const QUERY =
  /^\{ImageList\(repo: "(?<repo>[^"]+)", requestedPage: \{limit: (?<limit>\d+), offset: (?<offset>\d+), sortBy: ALPHABETIC_ASC\}\) /;

interface ZotOptions {
  readonly tags?: number;
  readonly endpoints?: readonly string[];
  readonly headers?: Record<string, string>;
  readonly search?: (response: ServerResponse, offset: number) => boolean;
}

/** Answers as zot 2.1 does, to a login by Basic. Its search knows images, and not the tags of their signatures. */
async function openZot({ tags = 1_500, endpoints = [SEARCH], headers = SHOWN, search = () => false }: ZotOptions = {}) {
  const server = await startServer((request, response) => {
    const url = new URL(request.url, server.url);
    if (request.headers.authorization === undefined)
      return sendJson(response, 401, { code: "UNAUTHORIZED" }, { ...headers, "www-authenticate": 'Basic realm="zot"' });
    if (url.pathname.endsWith("/tags/list")) return sendJson(response, 200, { tags: ["v1", "sha256-x.sig"] }, headers);
    if (url.pathname === "/v2/_oci/ext/discover") return sendJson(response, 200, { extensions: [{ name: "_zot", url: "", endpoints }] });
    const asked = QUERY.exec(url.searchParams.get("query") ?? "")?.groups;
    if (url.pathname !== SEARCH || asked === undefined) return sendJson(response, 404, {});
    const [offset, limit] = [Number(asked["offset"]), Number(asked["limit"])];
    if (search(response, offset)) return;
    const all = Array.from({ length: tags }, (_, at) => ({
      Tag: `v${at}`,
      Digest: imageOf(at),
      Referrers: at % 2 === 0 ? null : [{ Digest: signatureOf(at) }],
    }));
    const Results = all.slice(offset, offset + limit);
    sendJson(response, 200, { data: { ImageList: { Page: { TotalCount: tags, ItemCount: Results.length }, Results } } });
  });
  onTestFinished(() => server.close());
  const { clients } = openClients([newSettings(server.host)], { credential: { kind: "basic", username: "robot", password: "s3cret" } });
  onTestFinished(() => clients.close());
  const list = (path = "lab/app") => clients.of(newRepository(server.host, path)).listTags();
  const pathsOf = () => server.seen.map(({ url }) => url.split("?", 1)[0]!);
  return { list, pathsOf };
}

describe("a repository of zot", () => {
  it("is listed with what its search tells of digests and referrers", async () => {
    const { list, pathsOf } = await openZot();
    const { tags, complete, bulk } = await list();
    expect([[...tags], complete]).toEqual([["v1", "sha256-x.sig"], true]);
    expect([bulk?.digests.size, bulk?.digests.get("v7"), bulk?.referrers.get(imageOf(7))]).toEqual([
      1_500,
      imageOf(7),
      new Set([signatureOf(7)]),
    ]);
    expect(pathsOf().slice(-3)).toEqual(["/v2/_oci/ext/discover", SEARCH, SEARCH]);
    await list("lab/other");
    expect(pathsOf().filter((path) => path.endsWith("discover"))).toHaveLength(1);
  });

  it.each([
    ["whose search is switched off", { endpoints: ["/v2/_zot/ext/mgmt"] }],
    ["that does not show what it is", { headers: {} }],
  ])("%s is listed by its tag list", async (_, options) => {
    const { list, pathsOf } = await openZot(options);
    expect((await list()).bulk).toBeNull();
    expect(pathsOf()).not.toContain(SEARCH);
  });

  it.each([
    ...BROKEN_ANSWERS,
    ["with errors", (response: ServerResponse) => sendJson(response, 200, { errors: [{ message: "no" }], data: null })] as const,
  ])("is listed by its tag list where the search answers %s", async (_, answer) => {
    const { list } = await openZot({ search: (response) => (answer(response), true) });
    const { tags, complete, bulk } = await list();
    expect([tags.size, complete, bulk]).toEqual([2, true, null]);
  });

  it("is listed by its tag list where the search breaks in the middle", async () => {
    const { list } = await openZot({ search: (response, offset) => offset > 0 && (sendJson(response, 500, {}), true) });
    expect((await list()).bulk).toBeNull();
  });
});
