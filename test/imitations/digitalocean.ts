import { sendJson } from "../registry/start-server.ts";
import type { ApiImitation } from "./imitation.ts";

const HOST = "registry.digitalocean.com";
const API = "api.digitalocean.com";

/** Answers as the API of DigitalOcean does. https://docs.digitalocean.com/reference/api/reference/container-registries/ */
export const DIGITALOCEAN: ApiImitation = {
  registry: HOST,
  path: "acme/team/app",
  credential: { kind: "basic", username: "dop_v1_s3cret", password: "dop_v1_s3cret" },
  api: {
    host: API,
    isList: ({ pathname }, host) => host === API && pathname.startsWith("/v2/registries/"),
    answer: (content) => (url, request, response) => {
      if (request.headers.authorization !== "Bearer dop_v1_s3cret") return sendJson(response, 401, { id: "Unauthorized" });
      const names = ["team/app", "web"].map((name) => ({ registry_name: "acme", name }));
      // Go leaves out a list without entries.
      const digests = content().map(({ digest, tags }) => ({ digest, ...(tags.length > 0 && { tags }) }));
      const [member, all] = url.pathname.endsWith("/digests") ? (["manifests", digests] as const) : (["repositories", names] as const);
      const [page, size] = [Number(url.searchParams.get("page")), Math.min(Number(url.searchParams.get("per_page")), 200)];
      sendJson(response, 200, { [member]: all.slice((page - 1) * size, page * size), links: { pages: {} }, meta: { total: all.length } });
    },
  },
};
