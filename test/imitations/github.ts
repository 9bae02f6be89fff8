import { sendJson } from "../registry/start-server.ts";
import type { ApiImitation } from "./imitation.ts";

const API = "api.github.com";

/** Answers as the packages API of GitHub does: `acme` is an organisation, `ann` a user. https://docs.github.com/rest/packages/packages */
export const GITHUB: ApiImitation = {
  registry: "ghcr.io",
  path: "acme/team/app",
  credential: { kind: "basic", username: "ann", password: "ghp_s3cret" },
  api: {
    host: API,
    isList: ({ pathname }, host) => host === API && pathname.includes("/packages"),
    answer: (content) => (url, request, response) => {
      if (request.headers.authorization !== "Bearer ghp_s3cret") return sendJson(response, 401, { message: "Bad credentials" });
      if (!/^\/(?:orgs\/acme|users\/ann)\/packages/.test(url.pathname)) return sendJson(response, 404, { message: "Not Found" });
      const all = url.pathname.endsWith("/versions")
        ? content().map(({ digest, tags }, id) => ({ id, name: digest, metadata: { package_type: "container", container: { tags } } }))
        : [{ name: "team/app" }, { name: "web" }];
      const [page, size] = [Number(url.searchParams.get("page") ?? 1), Number(url.searchParams.get("per_page"))];
      const pageOf = (number: number) => {
        url.searchParams.set("page", String(number));
        return `<https://${API}${url.pathname}${url.search}>`;
      };
      const link = `${pageOf(1)}; rel="first", ${pageOf(page + 1)}; rel="next", ${pageOf(9)}; rel="last"`;
      sendJson(response, 200, all.slice((page - 1) * size, page * size), page * size < all.length ? { link } : {});
    },
  },
};
