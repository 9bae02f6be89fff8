import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiQuestion, BulkAnswer, ListedPaths, VendorApi, HeaderLogin } from "./vendor-api.ts";

const API = "https://api.digitalocean.com";
/** The registry's password is a token of the API. */
const LOGIN: HeaderLogin = { kind: "headers", headersOf: ({ password }) => ({ authorization: `Bearer ${password}` }) };
/** The most that the API gives. */
const PAGE_SIZE = 200;

/**
 * DigitalOcean issues the tokens of its registry at its API, which also tells all manifests.
 * https://docs.digitalocean.com/reference/api/reference/container-registries/
 */
export const DIGITALOCEAN: RegistryProfile = {
  isFor: (registry) => registry === "registry.digitalocean.com",
  ownsTokenHost: (registry, tokenHost) => registry === "registry.digitalocean.com" && tokenHost === "api.digitalocean.com",
  listInBulk,
  listRepositories,
  listingRemedy: "begin the name with the registry, and log in with a token of the API that has registry:read, or name each repository",
};

/** By the digests of the repository, each with its tags. */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const slash = path.indexOf("/");
  if (slash < 0 || !(await api.canSend(LOGIN))) return null;
  const bulk = new BulkCollector();
  const base = `/v2/registries/${path.slice(0, slash)}/repositories/${encodeURIComponent(path.slice(slash + 1))}/digests`;
  const read = await readNumbered(api, base, "manifests", ({ digest, tags }) => bulk.addManifest(digest, tags ?? []));
  return read.kind === "failed" ? read : bulk.end(read.pages, "all");
}

async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths> {
  const [registry] = prefix.split("/", 1);
  const paths = new PathCollector();
  if (!prefix.includes("/")) return paths.end(api.refuse(405, "DigitalOcean lists one registry at a time"));
  const base = `/v2/registries/${encodeURIComponent(registry!)}/repositoriesV2`;
  const read = await readNumbered(api, base, "repositories", ({ name }) => paths.add(name, `${registry!}/`));
  return paths.end(read);
}

/** Reads all pages of a list. `meta.total` counts its entries: fewer mean that one moved from page to page meanwhile. */
function readNumbered(api: VendorApi, base: string, member: string, add: (entry: JsonObject) => boolean) {
  let page = 1;
  let read = 0;
  const address = (): ApiQuestion => ({ origin: API, login: LOGIN, path: `${base}?per_page=${PAGE_SIZE}&page=${page}` });
  return readPages(api, address(), (document): PageStep => {
    if (!isJsonObject(document)) return "malformed";
    const { [member]: entries, meta } = document;
    const total = isJsonObject(meta) ? meta["total"] : undefined;
    // Go leaves out a list without entries, or writes null.
    const list = entries ?? [];
    if (typeof total !== "number" || !Array.isArray(list) || !list.every((entry) => isJsonObject(entry) && add(entry))) return "malformed";
    read += list.length;
    if (read >= total) return "end";
    if (list.length === 0) return "incomplete";
    page++;
    return address();
  });
}
