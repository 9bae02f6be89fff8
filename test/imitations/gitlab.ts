import type { ServerResponse } from "node:http";
import { sendJson } from "../registry/start-server.ts";
import { tagsOf, type ApiImitation } from "./imitation.ts";
import type { CloudRequest } from "./open-cloud.ts";

const TOKEN = { kind: "basic", username: "ann", password: "glpat-s3cret" } as const;

/** Imitates GitLab: its registry with a database (recorded answers of 4.32), its token service, and its API below one address. */
export function newGitLab(registry: string, main: string): ApiImitation {
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
    api: {
      host: registry,
      isList: ({ pathname }) => pathname.startsWith("/gitlab/v1/"),
      answer: (content) => (url, request, response) => {
        if (isRefused(request, response)) return;
        const tags = tagsOf(content);
        const last = url.searchParams.get("last");
        const start = last === null ? 0 : tags.findIndex(({ name }) => name === last) + 1;
        const size = Math.min(Number(url.searchParams.get("n")), 1_000);
        const referring = Map.groupBy(content(), ({ subject }) => subject);
        const page = tags.slice(start, start + size).map(({ name, digest }) => {
          const referrers = referring.get(digest)?.map((referrer) => ({ artifactType: "x", digest: referrer.digest }));
          return { name, digest, media_type: "x", ...(referrers && { referrers }) };
        });
        const next = `<https://${registry}${url.pathname}?n=${size}&last=${page.at(-1)?.name}&referrers=true>; rel="next"`;
        sendJson(response, 200, page, start + size < tags.length ? { link: next } : {});
      },
    },
    answerRegistry: (request, response) => {
      if (isRefused(request, response)) return true;
      if (request.url.includes("_catalog")) sendJson(response, 404, {});
      return request.url.includes("_catalog");
    },
    others: { [main]: answerLogin },
  };
}
