import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiQuestion, BulkAnswer, VendorApi } from "./vendor-api.ts";

const SEARCH = "/v2/_zot/ext/search";
const PAGE_SIZE = 1_000;
const EXTENSIONS_LIMIT = 100;

/**
 * zot stands behind any name, and its answers allow a header of its own. If its search is built in and switched on, that tells digests and
 * referrers. https://zotregistry.dev/latest/user-guides/user-guide-gql/ (schema: pkg/extensions/search/schema.graphql)
 */
export const ZOT: RegistryProfile = {
  header: { name: "access-control-allow-headers", value: /\bX-ZOT-API-CLIENT\b/i },
  listInBulk,
};

/** By `ImageList`. The search keeps signatures apart from images, so that it lacks companion tags, and all tags come from the tag list. */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const scope = `repository:${path}:pull`;
  if (!(await api.once("extensions", () => hasSearch(api, scope)))) return null;
  const bulk = new BulkCollector();
  let offset = 0;
  const address = (): ApiQuestion => {
    const page = `requestedPage: {limit: ${PAGE_SIZE}, offset: ${offset}, sortBy: ALPHABETIC_ASC}`;
    const query = `{ImageList(repo: "${path}", ${page}) {Page {TotalCount ItemCount} Results {Tag Digest Referrers {Digest}}}}`;
    return ask(`${SEARCH}?query=${encodeURIComponent(query)}`, scope);
  };
  const read = await readPages(api, address(), (document): PageStep => {
    const list = memberOf(memberOf(document, "data"), "ImageList");
    const results = memberOf(list, "Results");
    const total = memberOf(memberOf(list, "Page"), "TotalCount");
    if (!Array.isArray(results) || typeof total !== "number" || !results.every((image) => isJsonObject(image) && addImage(bulk, image)))
      return "malformed";
    offset += results.length;
    if (offset >= total) return "end";
    return results.length === 0 ? "incomplete" : address();
  });
  return read.kind === "failed" ? read : bulk.end(read.pages, "some");
}

function addImage(bulk: BulkCollector, { Tag: tag, Digest: digest, Referrers: referrers }: JsonObject): boolean {
  const list = referrers ?? [];
  if (!bulk.addTag(tag, digest) || !Array.isArray(list)) return false;
  return list.every((referrer) => bulk.addReferrer(digest, memberOf(referrer, "Digest")));
}

/** https://github.com/opencontainers/distribution-spec/blob/main/extensions/_oci.md */
async function hasSearch(api: VendorApi, scope: string): Promise<boolean> {
  const reply = await api.ask(ask("/v2/_oci/ext/discover", scope));
  const extensions = reply.kind === "document" ? memberOf(reply.value, "extensions") : null;
  if (!Array.isArray(extensions) || extensions.length > EXTENSIONS_LIMIT) return false;
  return extensions.some((extension) => {
    const endpoints = memberOf(extension, "endpoints");
    return Array.isArray(endpoints) && endpoints.includes(SEARCH);
  });
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

function ask(path: string, scope: string): ApiQuestion {
  return { origin: null, login: { kind: "scope", scope }, path };
}
