import { sendJson } from "../registry/start-server.ts";
import { tagsOf, type ApiImitation } from "./imitation.ts";

const HOST = "zot.acme.example";
const SEARCH = "/v2/_zot/ext/search";
const DISCOVERY = "/v2/_oci/ext/discover";
const QUERY = /^\{ImageList\(repo: "[^"]+", requestedPage: \{limit: (?<limit>\d+), offset: (?<offset>\d+), sortBy: ALPHABETIC_ASC\}\) /;

/** Answers as zot 2.1 does, to a login by Basic. Its search knows images and what refers to them, and not the tags of their signatures. */
export const ZOT: ApiImitation = {
  registry: HOST,
  path: "lab/app",
  credential: { kind: "basic", username: "robot", password: "s3cret" },
  api: {
    host: HOST,
    isList: ({ pathname }) => pathname === SEARCH || pathname === DISCOVERY,
    answer: (content) => (url, _request, response) => {
      if (url.pathname === DISCOVERY) return sendJson(response, 200, { extensions: [{ name: "_zot", url: "", endpoints: [SEARCH] }] });
      const asked = QUERY.exec(url.searchParams.get("query") ?? "")?.groups;
      if (asked === undefined) return sendJson(response, 404, {});
      const [offset, limit] = [Number(asked["offset"]), Number(asked["limit"])];
      const images = tagsOf(content).filter(({ name }) => !name.endsWith(".sig"));
      const referring = Map.groupBy(content(), ({ subject }) => subject);
      const Results = images.slice(offset, offset + limit).map(({ name, digest }) => {
        const referrers = referring.get(digest)?.map((referrer) => ({ Digest: referrer.digest }));
        return { Tag: name, Digest: digest, Referrers: referrers ?? null };
      });
      sendJson(response, 200, { data: { ImageList: { Page: { TotalCount: images.length, ItemCount: Results.length }, Results } } });
    },
  },
  answerRegistry: ({ headers }, response) => {
    if (headers.authorization !== undefined) return false;
    sendJson(response, 401, { code: "UNAUTHORIZED" }, { "www-authenticate": 'Basic realm="zot"' });
    return true;
  },
  headers: { "access-control-allow-headers": "Authorization,content-type,X-ZOT-API-CLIENT" },
};
