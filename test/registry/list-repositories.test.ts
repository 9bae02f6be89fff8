import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Credential } from "../../lib/registry/credentials/credential.ts";
import { newSettings, openClients } from "./open-clients.ts";
import { sendJson, startServer, type SeenRequest } from "./start-server.ts";

const NAMES = Array.from({ length: 2_500 }, (_, at) => `prod/app-${at}`);

/** Lists the repositories of a registry that answers so. */
async function list(answer: (request: SeenRequest, response: ServerResponse) => void, prefix = "", credential?: Credential) {
  const server = await startServer(answer);
  onTestFinished(() => server.close());
  const { clients } = openClients([newSettings(server.host)], credential === undefined ? {} : { credential });
  onTestFinished(() => clients.close());
  const { paths, complete, failure } = await clients.listRepositories(server.host, prefix);
  return { paths, complete, code: failure?.code ?? null, detail: failure?.detail ?? "", seen: server.seen };
}

/** Answers `_catalog` as distribution does. */
function answerCatalog(request: SeenRequest, response: ServerResponse, most = 1_000): void {
  const query = new URL(request.url, "http://registry").searchParams;
  const start = NAMES.indexOf(query.get("last") ?? "") + 1;
  const page = NAMES.slice(start, start + most);
  const link = `</v2/_catalog?last=${page.at(-1)!}&n=${most}>; rel="next"`;
  sendJson(response, 200, { repositories: page }, start + most < NAMES.length ? { link } : {});
}

describe("the catalog of a registry", () => {
  it.each([
    [1_000, 3],
    [100, 26],
  ])("is complete in pages of %i after %i requests", async (most, requests) => {
    const { paths, complete, seen } = await list((request, response) => answerCatalog(request, response, most));
    expect([paths.length, complete, seen.length]).toEqual([NAMES.length, true, requests]);
  });

  it("gives what is below a prefix only, and each name once", async () => {
    const { paths } = await list(
      (_, response) => sendJson(response, 200, { repositories: ["prod/b", "prod/a", "prod/b", "production"] }),
      "prod/",
    );
    expect(paths).toEqual(["prod/a", "prod/b"]);
  });

  it.each([[{ repositories: null }], [{ repositories: [] }]])("may be empty: %j", async (document) => {
    expect(await list((_, response) => sendJson(response, 200, document))).toMatchObject({ paths: [], complete: true });
  });

  it("is asked with a token for the catalog", async () => {
    const answer = await list(
      (request, response) => {
        if (request.url.startsWith("/token")) return sendJson(response, 200, { token: "catalog" });
        if (request.headers.authorization === "Bearer catalog") return answerCatalog(request, response);
        const header = `Bearer realm="http://${request.headers.host}/token",service="registry",scope="registry:catalog:*"`;
        sendJson(response, 401, {}, { "www-authenticate": header });
      },
      "",
      { kind: "basic", username: "robot", password: "s3cret" },
    );
    expect([answer.paths.length, answer.complete]).toEqual([NAMES.length, true]);
    const token = answer.seen.find(({ url }) => url.startsWith("/token"));
    expect(new URL(token!.url, "http://registry").searchParams.getAll("scope")).toEqual(["registry:catalog:*"]);
  });

  it.each([
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not-found"],
    [405, "unexpected-status"],
  ])("that answers %i fails in words that say what would mend it", async (status, code) => {
    const answer = await list((_, response) => sendJson(response, status, {}));
    expect([answer.complete, answer.code]).toEqual([false, code]);
    expect(answer.detail).toContain("or name each repository");
  });

  it.each([
    [
      "a page of HTML",
      (response: ServerResponse) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
      "invalid-json",
    ],
    ["another document", (response: ServerResponse) => sendJson(response, 200, { tags: [] }), "unexpected-content"],
  ])("is not %s", async (_, answer, code) => {
    expect(await list((_request, response) => answer(response))).toMatchObject({ complete: false, code });
  });

  it("is not complete without its last page", async () => {
    const answer = await list((request, response) =>
      request.url.includes("app-1999") ? sendJson(response, 500, {}) : answerCatalog(request, response),
    );
    expect([answer.paths.length, answer.complete, answer.code]).toEqual([2_000, false, "page-missing"]);
  });

  it("is not complete where a name below the prefix is none", async () => {
    const names = { repositories: ["Other", "prod/App", "prod/app"] };
    expect(await list((_, response) => sendJson(response, 200, names), "prod/")).toMatchObject({ paths: ["prod/app"], complete: false });
    expect(await list((_, response) => sendJson(response, 200, names), "test/")).toMatchObject({ paths: [], complete: true });
  });

  it("is not complete where an entry is no name, which may have been any", async () => {
    const names = { repositories: ["prod/app", { name: "test/app" }] };
    expect(await list((_, response) => sendJson(response, 200, names), "test/")).toMatchObject({ paths: [], complete: false });
  });
});
