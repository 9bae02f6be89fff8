import { isJsonObject } from "../../oci/parse-json.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiLogin, ApiQuestion, BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

/**
 * The API knows OAuth tokens only, which log in to the registry under this name. With the login of a robot or a person, it is asked for
 * what is public. https://docs.quay.io/api/
 */
const OAUTH_USER = "$oauthtoken";
const LOGIN: ApiLogin = {
  kind: "headers",
  headersOf: ({ username, password }) => (username === OAUTH_USER ? { authorization: `Bearer ${password}` } : null),
};
/** The most that the API gives. */
const PAGE_SIZE = 100;

/** Quay tells the digests of all tags by its API. https://docs.quay.io/api/swagger/ */
export const QUAY: RegistryProfile = {
  isFor: (registry) => registry === "quay.io",
  realmPath: "/v2/auth",
  listInBulk,
  listRepositories,
  listingRemedy: `begin the name with the organisation, and log in as ${OAUTH_USER} with a token of the scope repo:read, or name each repository`,
};

/** Active tags are those that the registry serves. Whether there are more is `has_additional`, which is always there. */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const bulk = new BulkCollector();
  let page = 1;
  const address = () => ask(`/api/v1/repository/${path}/tag/?onlyActiveTags=true&limit=${PAGE_SIZE}&page=${page}`);
  const read = await readPages(api, address(), (document): PageStep => {
    if (!isJsonObject(document)) return "malformed";
    const { tags, has_additional: goesOn } = document;
    const isRead = Array.isArray(tags) && tags.every((tag) => isJsonObject(tag) && bulk.addTag(tag["name"], tag["manifest_digest"]));
    if (!isRead || typeof goesOn !== "boolean") return "malformed";
    if (!goesOn) return "end";
    page++;
    return address();
  });
  return read.kind === "failed" ? read : bulk.end(read.pages, "all");
}

/** By namespace. `next_page` is a token, and absent on the last page. */
async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths> {
  const paths = new PathCollector();
  if (!prefix.includes("/")) return paths.end(api.refuse(405, "Quay lists one organisation at a time"));
  const base = `/api/v1/repository?namespace=${encodeURIComponent(prefix.split("/", 1)[0]!)}&public=true`;
  const read = await readPages(api, ask(base), (document): PageStep => {
    if (!isJsonObject(document)) return "malformed";
    const { repositories, next_page: next } = document;
    const isRead = Array.isArray(repositories) && repositories.every((entry) => isJsonObject(entry) && addPath(paths, entry));
    if (!isRead || !(next === undefined || next === null || typeof next === "string")) return "malformed";
    return next ? ask(`${base}&next_page=${encodeURIComponent(next)}`) : "end";
  });
  return paths.end(read);
}

function addPath(paths: PathCollector, { namespace, name }: Readonly<Record<string, unknown>>): boolean {
  return typeof namespace === "string" && paths.add(name, `${namespace}/`);
}

function ask(path: string): ApiQuestion {
  return { origin: null, login: LOGIN, path };
}
