import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { sendJson } from "../start-server.ts";
import { imageOf, itFallsBackToTheTagList, openImitation, signatureOf, type BulkImitation } from "./bulk-imitation.ts";
import type { CloudRequest } from "./start-cloud.ts";

const HOST = "acme.azurecr.io";

/** Answers the token service: every scope has a token of its own. */
function answerLogin({ url, headers, method, body }: CloudRequest, response: ServerResponse): boolean {
  if (!url.startsWith("/oauth2/token")) return false;
  const query = method === "POST" ? new URLSearchParams(body) : new URL(url, `https://${HOST}`).searchParams;
  const good = headers.authorization?.startsWith("Basic ") === true || query.get("refresh_token") === "refresh";
  sendJson(response, good ? 200 : 401, good ? { access_token: `for-${query.get("scope")!}` } : {});
  return true;
}

/** Sends a page, and a Link that leads on. */
function sendPage(url: URL, response: ServerResponse, member: string, entries: readonly unknown[], nameOf: (at: number) => string): void {
  const size = Math.min(Number(url.searchParams.get("n")), 1_000);
  const last = url.searchParams.get("last");
  const start = last === null ? 0 : Array.from(entries, (_, at) => nameOf(at)).indexOf(last) + 1;
  const end = start + size;
  const link = `<${url.pathname}?last=${encodeURIComponent(nameOf(end - 1))}&n=${size}&orderby=>; rel="next"`;
  sendJson(response, 200, { registry: HOST, [member]: entries.slice(start, end) }, end < entries.length ? { link } : {});
}

/** Answers as the metadata API of Azure does. */
const AZURE: BulkImitation = {
  registry: HOST,
  path: "team/app",
  credential: { kind: "basic", username: "reader", password: "s3cret" },
  api: HOST,
  isList: ({ pathname }) => pathname.startsWith("/acr/v1/"),
  answerApi: (count) => (url, request, response) => {
    const [, path, member] = /^\/acr\/v1\/(?:(.*)\/)?_(tags|manifests|catalog)$/.exec(url.pathname)!;
    const scope = member === "catalog" ? "registry:catalog:*" : `repository:${path!}:metadata_read`;
    if (request.headers.authorization !== `Bearer for-${scope}`) {
      const header = `Bearer realm="https://${HOST}/oauth2/token",service="${HOST}",scope="${scope}"`;
      return sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": header });
    }
    const numbers = Array.from({ length: count }, (_, at) => at);
    if (member === "tags")
      sendPage(
        url,
        response,
        "tags",
        numbers.map((at) => ({ name: `v${at}`, digest: imageOf(at), signed: false })),
        (at) => `v${at}`,
      );
    else if (member === "manifests") {
      const digests = numbers.flatMap((at) => [imageOf(at), signatureOf(at)]);
      sendPage(
        url,
        response,
        "manifests",
        digests.map((digest) => ({ digest, tags: null })),
        (at) => digests[at]!,
      );
    } else sendJson(response, 200, { repositories: ["team/app", "web"] });
  },
  answerRegistry: answerLogin,
};

describe("a repository of Azure", () => {
  it.each([
    [250, 2],
    [1_000, 2 + 3],
    [2_500, 3 + 5 + 1],
  ])("of %i tags is listed with what each tag names and what is stored, by %i requests after its login", async (count, requests) => {
    const { list, lists, cloud } = await openImitation(AZURE, count);
    const { tags, complete, bulk } = await list();
    expect([tags.size, complete, bulk?.digests.get("v7")]).toEqual([count, true, imageOf(7)]);
    expect([bulk?.stored?.size, bulk?.stored?.has(signatureOf(7))]).toEqual([2 * count, true]);
    expect([lists().length, cloud.seen.length]).toEqual([requests + 1, requests + 2]);
  });

  it("is asked for with a refresh token, too", async () => {
    const { list } = await openImitation({ ...AZURE, credential: { kind: "identity-token", username: "0", token: "refresh" } });
    expect((await list()).tags.size).toBe(250);
  });

  it("is asked for with a token for its metadata, and never with the password", async () => {
    const { list, lists } = await openImitation(AZURE);
    await list();
    const sent = lists().map(({ headers }) => headers.authorization);
    expect(new Set(sent)).toEqual(new Set([undefined, "Bearer for-repository:team/app:metadata_read"]));
  });

  itFallsBackToTheTagList(AZURE);
});

describe("the repositories of Azure", () => {
  it("are those of its catalog", async () => {
    const { clients } = await openImitation(AZURE);
    expect(await clients.listRepositories(HOST, "team/")).toEqual({ paths: ["team/app"], complete: true, failure: null });
  });

  it("are refused in words that say what would mend it", async () => {
    const { clients } = await openImitation(AZURE, 1, (_, response) => (sendJson(response, 403, {}), true));
    expect((await clients.listRepositories(HOST, "")).failure?.detail).toContain("give this login the right to list the catalog");
  });
});
