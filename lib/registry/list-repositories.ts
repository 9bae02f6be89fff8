import { isJsonObject } from "../oci/parse-json.ts";
import { parseRepository } from "../oci/reference.ts";
import { failed, type Failed, type Failure } from "./answer.ts";
import { failWith } from "./fail.ts";
import { REPOSITORIES_LIMIT, TAGS_PAGE_SIZE } from "./limits.ts";
import { TagCollector } from "./list-tags.ts";
import type { RegistryAccess } from "./login/registry-access.ts";
import { parseNextPage } from "./next-page.ts";
import type { RepositoryList } from "./repository-client.ts";
import type { TagsPage } from "./tags-page.ts";
import type { ListedPaths, VendorApi } from "./vendors/vendor-api.ts";

/**
 * Lists the repositories of a registry below a prefix of paths, by the list that its profile knows, or else by `_catalog`, which is complete
 * by the rules of a tag list. If that is refused, the failure says what would mend it. A name below the prefix that no repository can
 * have makes the list incomplete.
 */
export async function listRepositories(registry: RegistryAccess, api: VendorApi, prefix: string): Promise<RepositoryList> {
  const own = registry.profile.listRepositories;
  const listed = (await own?.(api, prefix)) ?? (await listCatalog(registry, api));
  // A registry behind any name is known only after it answered.
  const found = own === undefined && listed.failure !== null ? await registry.profile.listRepositories?.(api, prefix) : null;
  return below(prefix, found ?? listed, registry);
}

/** Stands for an entry that is no text. It may have been any repository. */
const NO_NAME = "";

/** https://distribution.github.io/distribution/spec/api/#listing-repositories */
async function listCatalog(registry: RegistryAccess, api: VendorApi): Promise<ListedPaths> {
  const listing = new TagCollector();
  const operation = `list the repositories of ${registry.endpoint.registry}`;
  const end = (failure: Failure | null): ListedPaths => ({ paths: [...listing.end(failure).tags], failure });
  for (let query = `?n=${TAGS_PAGE_SIZE}`; ;) {
    let page = await askForCatalog(api, query, operation);
    if (page.kind === "failed" && page.failure.status === 400 && listing.pages === 0)
      page = await askForCatalog(api, (query = ""), operation);
    if (page.kind === "failed") return end(listing.endsWith(page.failure) ? null : listing.breakBy(page.failure));
    const step = listing.add(page, query);
    if (step.kind === "complete") return end(null);
    if (step.kind === "broken") return end(failed(step.code, `${operation}: ${step.why}`, 200, 1).failure);
    query = step.query;
  }
}

async function askForCatalog(api: VendorApi, query: string, operation: string): Promise<TagsPage | Failed> {
  const reply = await api.ask({ origin: null, login: { kind: "scope", scope: "registry:catalog:*" }, path: `/v2/_catalog${query}` });
  if (reply.kind === "failed") return reply;
  const names = isJsonObject(reply.value) ? reply.value["repositories"] : undefined;
  if (names !== null && !Array.isArray(names)) return failWith("unexpected-content", operation, "200, but no list of repositories", 200, 1);
  const entries: readonly unknown[] = names ?? [];
  const tags = entries.map((name) => (typeof name === "string" ? name : NO_NAME));
  const size = new URLSearchParams(query).get("n");
  const next = parseNextPage(reply.header("link"));
  const asked = { size: size === null ? null : Number(size), isLongest: true, at: null };
  return { kind: "page", tags, entries: entries.length, next, ...asked, bulk: null, attempts: 1 };
}

function below(prefix: string, { paths, failure }: ListedPaths, { endpoint, profile }: RegistryAccess): RepositoryList {
  const wanted = paths.filter((path) => path.startsWith(prefix) || path === NO_NAME);
  const good = wanted.filter((path) => isPath(path, endpoint.registry));
  const end = (why: Failure | null): RepositoryList => ({ paths: [...new Set(good)].toSorted(), complete: why === null, failure: why });
  const operation = `list the repositories of ${endpoint.registry}`;
  if (failure !== null) return end({ ...failure, detail: failure.detail + remedyFor(failure, profile.listingRemedy) });
  if (wanted.length > REPOSITORIES_LIMIT) return end(failWith("limit", operation, `more than ${REPOSITORIES_LIMIT}`, 200, 1).failure);
  const strange = wanted.length - good.length;
  if (strange === 0) return end(null);
  return end(failWith("unexpected-content", operation, `${strange} names that no repository can have`, 200, 1).failure);
}

function isPath(path: string, registry: string): boolean {
  const parsed = parseRepository(`${registry}/${path}`);
  return parsed.kind === "parsed" && parsed.repository.path === path;
}

function remedyFor({ status }: Failure, remedy: string | undefined): string {
  if (status === null || ![401, 403, 404, 405].includes(status)) return "";
  return `; ${remedy ?? "give this login the right to list repositories, if the registry has such a list, or name each repository"}`;
}
