import type { ServerResponse } from "node:http";
import { sendJson } from "../registry/start-server.ts";
import { tagsOf, type ApiImitation } from "./imitation.ts";
import type { PullMeter } from "./pull-meter.ts";

const HOST = "registry-1.docker.io";
const API = "hub.docker.com";
const LOGIN = { identifier: "ann", secret: "dckr_pat_s3cret" };

/**
 * Answers as Docker Hub's services do: its API in pages of at most `pageSize`, its registry by a token and as far as the meter allows.
 * https://docs.docker.com/reference/api/hub/latest/
 */
export function newDockerHub(meter: PullMeter, pageSize = 1_000): ApiImitation {
  return {
    registry: "docker.io",
    host: HOST,
    path: "acme/app",
    credential: { kind: "basic", username: LOGIN.identifier, password: LOGIN.secret },
    api: {
      host: API,
      isList: ({ pathname }, host) => host === API && pathname !== "/v2/auth/token",
      answer: (content) => (url, request, response) => {
        if (url.pathname === "/v2/auth/token") {
          const good = request.body === JSON.stringify(LOGIN);
          return sendJson(response, good ? 200 : 401, good ? { access_token: "for-the-api" } : { message: "unauthorized" });
        }
        const asked = Number(url.searchParams.get("page_size"));
        if (asked > 100 && pageSize < 100) return sendJson(response, 400, { message: "page_size is too large" });
        const all = url.pathname.endsWith("/tags")
          ? tagsOf(content).map(({ name, digest }) => ({ name, digest, images: [] }))
          : ["app", "web"].map((name) => ({ name, namespace: "acme", repository_type: "image" }));
        const size = Math.min(asked, pageSize);
        const page = Number(url.searchParams.get("page"));
        const next = page * size < all.length ? `https://${API}${url.pathname}?page=${page + 1}&page_size=${size}` : null;
        sendJson(response, 200, { count: all.length, next, previous: null, results: all.slice((page - 1) * size, page * size) });
      },
    },
    answerRegistry: (request, response) => isChallenged(request.headers.authorization, response) || meter.refuses(request, response),
    others: { "auth.docker.io": (_url, _request, response) => sendJson(response, 200, { token: "for-pulls", expires_in: 300 }) },
  };
}

function isChallenged(authorization: string | undefined, response: ServerResponse): boolean {
  if (authorization === "Bearer for-pulls") return false;
  const header = `Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:acme/app:pull"`;
  sendJson(response, 401, {}, { "www-authenticate": header });
  return true;
}
