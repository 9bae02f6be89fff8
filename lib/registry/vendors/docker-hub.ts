import { isJsonObject } from "../../oci/parse-json.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiLogin, ApiQuestion, BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

const API = "https://hub.docker.com";
/** https://docs.docker.com/reference/api/hub/latest/#tag/authentication-api: a password or an access token, of a person or an organisation. */
const LOGIN: ApiLogin = {
  kind: "exchange",
  path: "/v2/auth/token",
  bodyOf: ({ username, password }) => ({ identifier: username, secret: password }),
};
/** Documented is 100. Renovate asks for this many, and gets them. */
const PAGE_SIZE = 1_000;
const DOCUMENTED_PAGE_SIZE = 100;

/**
 * Docker Hub is served, and issues tokens, under names other than its own. Its API tells all tags with their digests. Pulls are limited,
 * and a GET of a manifest is a pull, while a HEAD is not. https://docs.docker.com/docker-hub/usage/pulls/
 */
export const DOCKER_HUB: RegistryProfile = {
  isFor: (registry) => /^(?:docker\.io|registry-1\.docker\.io(?::\d+)?)$/.test(registry),
  servedBy: { registry: "docker.io", host: "registry-1.docker.io" },
  ownsTokenHost: (registry, tokenHost) => registry === "registry-1.docker.io" && tokenHost === "auth.docker.io",
  dockerLogin: {
    registry: "docker.io",
    names: ["docker.io", "index.docker.io", "registry-1.docker.io"],
    server: "https://index.docker.io/v1/",
  },
  isMetered: ({ method, path }) => method === "GET" && path.startsWith("manifests/"),
  listInBulk,
  listRepositories,
  listingRemedy: "begin the name with the namespace, and log in with a token that may read it, or name each repository",
};

async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const [namespace, repository] = path.split("/", 2);
  if (namespace === undefined || repository === undefined || path.split("/").length !== 2) return null;
  let bulk = new BulkCollector();
  const read = await readNumbered(api, `/v2/namespaces/${namespace}/repositories/${repository}/tags`, {
    begin: () => (bulk = new BulkCollector()),
    add: ({ name, digest }) => bulk.addTag(name, digest),
    size: () => bulk.size,
  });
  return read.kind === "failed" ? read : bulk.end(read.pages, "all");
}

async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths> {
  const paths = new PathCollector();
  const [namespace] = prefix.split("/", 1);
  if (!prefix.includes("/")) return paths.end(api.refuse(405, "Docker Hub lists one namespace at a time"));
  const read = await readNumbered(api, `/v2/namespaces/${encodeURIComponent(namespace!)}/repositories`, {
    begin: () => paths.clear(),
    add: ({ name }) => paths.add(name, `${namespace!}/`),
    size: () => paths.size,
  });
  return paths.end(read);
}

interface Collecting {
  readonly begin: () => void;
  readonly add: (entry: Readonly<Record<string, unknown>>) => boolean;
  /** The number of different entries so far. */
  readonly size: () => number;
}

/**
 * Reads all pages of a list, and asks for smaller ones if the size is refused. `count` is the number of all entries: if fewer different ones
 * were given, one moved from page to page meanwhile.
 */
async function readNumbered(api: VendorApi, base: string, collecting: Collecting) {
  const large = await readSized(api, base, PAGE_SIZE, collecting);
  return large.kind === "failed" && large.failure.status === 400 ? readSized(api, base, DOCUMENTED_PAGE_SIZE, collecting) : large;
}

function readSized(api: VendorApi, base: string, pageSize: number, { begin, add, size }: Collecting) {
  begin();
  let page = 1;
  const address = (): ApiQuestion => ({ origin: API, login: LOGIN, path: `${base}?page_size=${pageSize}&page=${page}` });
  return readPages(api, address(), (document): PageStep => {
    if (!isJsonObject(document)) return "malformed";
    const { results, next, count } = document;
    if (!Array.isArray(results) || !results.every((entry) => isJsonObject(entry) && add(entry))) return "malformed";
    if (typeof next === "string" && next !== "") return (page++, address());
    if (next !== null && next !== undefined && next !== "") return "malformed";
    return typeof count === "number" && count > size() ? "incomplete" : "end";
  });
}
