import { isJsonObject } from "../../oci/parse-json.ts";
import { parseNextPage } from "../next-page.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiLogin, ApiQuestion, BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

const PAGE_SIZE = 1_000;

/**
 * Azure Container Registry tells tags and manifests by its own API, to tokens that may read metadata.
 * https://learn.microsoft.com/rest/api/containerregistry/
 */
export const AZURE: RegistryProfile = {
  isFor: (registry) => /^[a-z0-9-]+\.azurecr\.(?:io|cn|us)$/.test(registry),
  listInBulk,
  listRepositories,
  listingRemedy: "give this login the right to list the catalog (the action registry:catalog:*), or name each repository",
};

/** By `_tags`, which has all tags, and by `_manifests`, which also has what bears no tag. */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const bulk = new BulkCollector();
  const login: ApiLogin = { kind: "scope", scope: `repository:${path}:metadata_read` };
  const tags = await readLinked(api, `/acr/v1/${path}/_tags`, login, "tags", (tag) =>
    isJsonObject(tag) && bulk.addTag(tag["name"], tag["digest"]) ? tag["name"] : null,
  );
  if (tags.kind === "failed") return tags;
  const manifests = await readLinked(api, `/acr/v1/${path}/_manifests`, login, "manifests", (manifest) =>
    isJsonObject(manifest) && bulk.addManifest(manifest["digest"], []) ? manifest["digest"] : null,
  );
  return manifests.kind === "failed" ? manifests : bulk.end(tags.pages + manifests.pages, "all");
}

async function listRepositories(api: VendorApi): Promise<ListedPaths> {
  const paths = new PathCollector();
  const login: ApiLogin = { kind: "scope", scope: "registry:catalog:*" };
  const read = await readLinked(api, "/acr/v1/_catalog", login, "repositories", (name) => (paths.add(name) ? name : null));
  return paths.end(read);
}

/**
 * Reads a list that goes on by a Link, of which only the query counts. `add` returns the name of an entry, or null if it is none. After a
 * full page without a Link, it is asked whether there is more after the last name.
 */
function readLinked(api: VendorApi, base: string, login: ApiLogin, member: string, add: (entry: unknown) => unknown) {
  const ask = (query: string): ApiQuestion => ({ origin: null, login, path: `${base}${query}` });
  return readPages(api, ask(`?n=${PAGE_SIZE}`), (document, { header }): PageStep => {
    if (!isJsonObject(document)) return "malformed";
    // `null` is how an empty list is written here.
    const entries = document[member] === null ? [] : document[member];
    const names: readonly unknown[] | null = Array.isArray(entries) ? entries.map((entry: unknown) => add(entry)) : null;
    const next = parseNextPage(header("link"));
    if (names === null || names.includes(null) || next === "unusable") return "malformed";
    if (next !== null) return ask(next.query);
    return names.length === PAGE_SIZE ? ask(`?n=${PAGE_SIZE}&last=${encodeURIComponent(String(names.at(-1)))}`) : "end";
  });
}
