import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { sendJson } from "../start-server.ts";
import { imageOf, itFallsBackToTheTagList, openImitation, signatureOf, type BulkImitation } from "./bulk-imitation.ts";
import type { CloudRequest } from "./start-cloud.ts";

const TOKEN = { kind: "basic", username: "ann", password: "glpat-s3cret" } as const;

/** Imitates GitLab: its registry with a database, its token service, and its API below one address. */
function newGitLab(registry: string, main: string): BulkImitation {
  const answerLogin = (url: URL, { headers }: CloudRequest, response: ServerResponse): void => {
    const path = decodeURIComponent(url.pathname);
    const match = /^\/api\/v4\/(groups\/acme|projects\/ann\/app)\/registry\/repositories$/.exec(path);
    if (url.pathname === "/jwt/auth") return sendJson(response, 200, { token: "pull", expires_in: 300 });
    if (headers["private-token"] !== TOKEN.password) return sendJson(response, 401, { message: "401 Unauthorized" });
    if (!match) return sendJson(response, 404, { message: "404 Not Found" });
    if (match[1] !== "groups/acme") return sendJson(response, 200, [{ id: 3, name: "", path: "ann/app" }]);
    const second = url.searchParams.get("page") === "2";
    const link = `<https://${main}${url.pathname}?page=2&per_page=100>; rel="next", <https://${main}${url.pathname}>; rel="first"`;
    sendJson(response, 200, [{ id: 1, path: second ? "acme/web" : "acme/team/app" }], second ? {} : { link });
  };
  const isRefused = ({ headers }: CloudRequest, response: ServerResponse): boolean => {
    if (headers.authorization === "Bearer pull") return false;
    const header = `Bearer realm="https://${main}/jwt/auth",service="container_registry",scope="repository:acme/team/app:pull"`;
    sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": header });
    return true;
  };
  return {
    registry,
    path: "acme/team/app",
    credential: TOKEN,
    api: registry,
    isList: ({ pathname }) => pathname.startsWith("/gitlab/v1/"),
    answerApi: (tags) => (url, request, response) => {
      if (isRefused(request, response)) return;
      const start = Number(url.searchParams.get("last")?.slice(1) ?? -1) + 1;
      const size = Math.min(Number(url.searchParams.get("n")), 1_000);
      const all = Array.from({ length: tags }, (_, at) => ({
        name: `v${at}`,
        digest: imageOf(at),
        media_type: "x",
        ...(at % 2 === 1 && { referrers: [{ artifactType: "x", digest: signatureOf(at) }] }),
      }));
      const next = `<https://${registry}${url.pathname}?n=${size}&last=v${start + size - 1}&referrers=true>; rel="next"`;
      sendJson(response, 200, all.slice(start, start + size), start + size < tags ? { link: next } : {});
    },
    answerRegistry: (request, response) => {
      if (isRefused(request, response)) return true;
      if (request.url.includes("_catalog")) sendJson(response, 404, {});
      return request.url.includes("_catalog");
    },
    others: { [main]: answerLogin },
  };
}

const SAAS = newGitLab("registry.gitlab.com", "gitlab.com");
const OWN = newGitLab("registry.acme.example", "gitlab.acme.example");

describe("a repository of GitLab", () => {
  it.each([
    ["gitlab.com", SAAS, { tags: 2_500, requests: 3 }],
    ["a GitLab of one's own, after its first tag list", OWN, { tags: 2_500, requests: 3 }],
  ])("at %s is listed with what each tag names and what refers to it", async (_, imitation, expected) => {
    const { list, lists } = await openImitation(imitation, expected.tags);
    const first = await list();
    expect([first.bulk?.digests.size, first.bulk?.digests.get("v7")]).toEqual([expected.tags, imageOf(7)]);
    expect([first.bulk?.referrers.get(imageOf(7)), first.bulk?.referrers.size]).toEqual([new Set([signatureOf(7)]), expected.tags / 2]);
    const before = lists().length;
    expect((await list("acme/web")).tags.size).toBe(expected.tags);
    expect(lists().length - before).toBe(expected.requests);
  });

  it("is asked for with one token for all its lists, and its password goes to the token service only", async () => {
    const { list, cloud } = await openImitation(SAAS);
    await list();
    expect(cloud.asked().filter((asked) => asked.includes("/jwt/auth"))).toHaveLength(1);
    for (const { host, headers } of cloud.seen) expect(headers.authorization?.startsWith("Basic") === true).toBe(host === "gitlab.com");
  });

  itFallsBackToTheTagList(SAAS);
});

describe("the repositories of GitLab", () => {
  it.each([
    ["acme/", ["acme/team/app", "acme/web"]],
    ["acme/t", ["acme/team/app"]],
    ["ann/app/", []],
    ["ann/app", []],
  ])("below %s are those of the group or the project", async (prefix, paths) => {
    const { clients } = await openImitation(SAAS);
    const list = await clients.listRepositories("registry.gitlab.com", prefix);
    expect([list.paths, list.complete]).toEqual([paths, prefix !== "ann/app"]);
  });

  it("are asked for where the challenge of a registry leads to, with the token in GitLab's own header", async () => {
    const { clients, cloud } = await openImitation(OWN);
    const { paths, complete } = await clients.listRepositories("registry.acme.example", "acme/");
    expect([paths, complete]).toEqual([["acme/team/app", "acme/web"], true]);
    const sent = cloud.seen.filter(({ headers }) => headers["private-token"] !== undefined);
    expect(new Set(sent.map(({ host }) => host))).toEqual(new Set(["gitlab.acme.example"]));
  });

  it("are never asked for at a host that the challenge names and that is not the registry's", async () => {
    const evil = newGitLab("registry.acme.example", "gitlab.evil.example");
    const { clients, cloud } = await openImitation(evil);
    expect((await clients.listRepositories("registry.acme.example", "acme/")).complete).toBe(false);
    expect(cloud.seen.filter(({ headers }) => headers["private-token"] ?? headers.authorization?.startsWith("Basic"))).toEqual([]);
  });

  it("cannot be listed without a group, and it is said so", async () => {
    const { clients } = await openImitation(SAAS);
    expect((await clients.listRepositories("registry.gitlab.com", "")).failure?.detail).toContain("begin the name with the group");
  });
});
