import { sendJson } from "../registry/start-server.ts";
import { tagsOf, type ApiImitation } from "./imitation.ts";

const HOST = "quay.io";

/** Answers as Quay's API v1 does. https://docs.quay.io/api/swagger/ */
export const QUAY: ApiImitation = {
  registry: HOST,
  path: "acme/app",
  credential: { kind: "basic", username: "$oauthtoken", password: "s3cret" },
  api: {
    host: HOST,
    isList: ({ pathname }) => pathname.startsWith("/api/v1/repository"),
    answer: (content) => (url, _, response) => {
      const { searchParams: query, pathname } = url;
      if (pathname.endsWith("/tag/")) {
        const [page, limit] = [Number(query.get("page")), Math.min(Number(query.get("limit")), 100)];
        const all = tagsOf(content).map(({ name, digest }) => ({ name, manifest_digest: digest, is_manifest_list: true }));
        return sendJson(response, 200, {
          tags: all.slice((page - 1) * limit, page * limit),
          page,
          has_additional: page * limit < all.length,
        });
      }
      if (query.get("namespace") === null) return sendJson(response, 400, { detail: "namespace, starred or public are required" });
      const second = query.get("next_page") === "gAAAA=";
      const repositories = [{ namespace: "acme", name: second ? "web" : "app", is_public: true }];
      sendJson(response, 200, second ? { repositories } : { repositories, next_page: "gAAAA=" });
    },
  },
};
