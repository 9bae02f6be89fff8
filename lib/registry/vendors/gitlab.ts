import { isJsonObject } from "../../oci/parse-json.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readLinked } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiLogin, BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

/** A personal, group or project token, which also is the registry's password. Deploy tokens do not serve for the API. */
const LOGIN: ApiLogin = { kind: "headers", headersOf: ({ password }) => ({ "private-token": password }) };
const PAGE_SIZE = 100;
const TAGS_PAGE_SIZE = 1_000;
const SAAS = "registry.gitlab.com";

/**
 * GitLab issues the tokens of its registry, and its challenge shows it. The two hosts have the names of its documentation. A stranger can
 * have the second name only in a shared domain in which the registry is called `registry`.
 * https://docs.gitlab.com/administration/packages/container_registry/
 */
export const GITLAB: RegistryProfile = {
  isFor: (registry) => registry === SAAS,
  service: "container_registry",
  realmPath: "/jwt/auth",
  ownsTokenHost: (registry, tokenHost) =>
    /^registry(?:\.[a-z0-9-]+){2,}$/.test(registry) && tokenHost === registry.replace("registry", "gitlab"),
  listInBulk,
  listRepositories,
  listingRemedy: "begin the name with the group or project, and log in with a token that has read_api, or name each repository",
};

/**
 * By the list of the registry itself, which a registry with its metadata in a database has: the list of GitLab's API lacks digests.
 * https://gitlab.com/gitlab-org/container-registry/-/blob/master/docs/spec/gitlab/api.md#list-repository-tags
 */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const bulk = new BulkCollector();
  const login: ApiLogin = { kind: "scope", scope: `repository:${path}:pull` };
  const address = `/gitlab/v1/repositories/${path}/tags/list/?n=${TAGS_PAGE_SIZE}&referrers=true`;
  const read = await readLinked(api, { origin: null, login, path: address }, ({ name, digest, referrers }) => {
    const list = referrers ?? [];
    if (!bulk.addTag(name, digest) || !Array.isArray(list)) return false;
    return list.every((referrer) => isJsonObject(referrer) && bulk.addReferrer(digest, referrer["digest"]));
  });
  return read.kind === "failed" ? read : bulk.end(read.pages, "all");
}

/** By the repositories of the group that the prefix names, with its subgroups, or of the project. */
async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths> {
  const origin = originOf(api);
  const name = prefix.slice(0, prefix.lastIndexOf("/"));
  if (name === "" || origin === null) return { paths: [], failure: api.refuse(405, "GitLab lists one group at a time").failure };
  const group = await readRepositories(api, origin, `/api/v4/groups/${encodeURIComponent(name)}/registry/repositories`);
  return group.failure?.status === 404
    ? readRepositories(api, origin, `/api/v4/projects/${encodeURIComponent(name)}/registry/repositories`)
    : group;
}

async function readRepositories(api: VendorApi, origin: string, address: string): Promise<ListedPaths> {
  const paths = new PathCollector();
  const read = await readLinked(api, { origin, login: LOGIN, path: `${address}?per_page=${PAGE_SIZE}` }, ({ path }) => paths.add(path));
  return paths.end(read);
}

/** GitLab itself, which issues the registry's tokens. */
function originOf(api: VendorApi): string | null {
  if (api.registry === SAAS) return "https://gitlab.com";
  return api.tokenService()?.origin ?? null;
}
