import type { ServerResponse } from "node:http";
import { sendJson } from "../registry/start-server.ts";
import { tagsOf, type ApiImitation } from "./imitation.ts";
import type { CloudRequest } from "./open-cloud.ts";

const HOST = "acme.azurecr.io";

/** Answers as the metadata API of Azure does. https://learn.microsoft.com/rest/api/containerregistry/ */
export const AZURE: ApiImitation = {
  registry: HOST,
  path: "team/app",
  credential: { kind: "basic", username: "reader", password: "s3cret" },
  api: {
    host: HOST,
    isList: ({ pathname }) => pathname.startsWith("/acr/v1/"),
    answer: (content) => (url, request, response) => {
      const [, path, member] = /^\/acr\/v1\/(?:(.*)\/)?_(tags|manifests|catalog)$/.exec(url.pathname)!;
      const scope = member === "catalog" ? "registry:catalog:*" : `repository:${path!}:metadata_read`;
      if (request.headers.authorization !== `Bearer for-${scope}`) {
        const header = `Bearer realm="https://${HOST}/oauth2/token",service="${HOST}",scope="${scope}"`;
        return sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED" }] }, { "www-authenticate": header });
      }
      if (member === "tags") {
        const tags = tagsOf(content).map((tag) => ({ ...tag, signed: false }));
        sendPage(url, response, "tags", tags, ({ name }) => name);
      } else if (member === "manifests") {
        const manifests = content().map(({ digest, tags }) => ({ digest, tags: tags.length === 0 ? null : tags }));
        sendPage(url, response, "manifests", manifests, ({ digest }) => digest);
      } else sendJson(response, 200, { repositories: ["team/app", "web"] });
    },
  },
  answerRegistry: answerLogin,
};

/** Answers the token service: every scope has a token of its own. */
function answerLogin({ url, headers, method, body }: CloudRequest, response: ServerResponse): boolean {
  if (!url.startsWith("/oauth2/token")) return false;
  const query = method === "POST" ? new URLSearchParams(body) : new URL(url, `https://${HOST}`).searchParams;
  const good = headers.authorization?.startsWith("Basic ") === true || query.get("refresh_token") === "refresh";
  sendJson(response, good ? 200 : 401, good ? { access_token: `for-${query.get("scope")!}` } : {});
  return true;
}

/** Sends a page, and a Link that leads on. */
function sendPage<T>(url: URL, response: ServerResponse, member: string, entries: readonly T[], nameOf: (entry: T) => string): void {
  const size = Math.min(Number(url.searchParams.get("n")), 1_000);
  const last = url.searchParams.get("last");
  const start = last === null ? 0 : entries.findIndex((entry) => nameOf(entry) === last) + 1;
  const page = entries.slice(start, start + size);
  const isMore = start + size < entries.length;
  const link = isMore ? `<${url.pathname}?last=${encodeURIComponent(nameOf(page.at(-1)!))}&n=${size}&orderby=>; rel="next"` : null;
  sendJson(response, 200, { registry: HOST, [member]: page }, link === null ? {} : { link });
}
