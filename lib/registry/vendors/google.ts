import { isJsonObject } from "../../oci/parse-json.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import { PathCollector } from "./path-collector.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiQuestion, HeaderLogin, ListedPaths, VendorApi } from "./vendor-api.ts";

const API = "https://artifactregistry.googleapis.com";
/** User names under which the password is an access token. https://docs.cloud.google.com/artifact-registry/docs/docker/authentication */
const TOKEN_USERS: ReadonlySet<string> = new Set(["oauth2accesstoken", "_token", "_dcgcr_token"]);
const LOGIN: HeaderLogin = {
  kind: "headers",
  headersOf: ({ username, password }) => (TOKEN_USERS.has(username) ? { authorization: `Bearer ${password}` } : null),
};
const PAGE_SIZE = 1_000;
const LOCATION = /^(?<location>[a-z0-9-]+)-docker\.pkg\.dev$/;

/** Artifact Registry and gcr.io answer all tags at once, with a map of all manifests. */
export const GOOGLE: RegistryProfile = {
  isFor: (registry) => /(?:^|[.-])(?:gcr\.io|pkg\.dev)(?::\d+)?$/.test(registry),
  tagsPageLimitBytes: 32 * 1024 * 1024,
  listRepositories,
  listingRemedy:
    "begin the name with PROJECT/REPOSITORY/, and log in as oauth2accesstoken with artifactregistry.reader, or name each repository",
};

/**
 * By the packages of the repository that the prefix names, to an access token; other logins, and other prefixes, have the catalog.
 * https://docs.cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages/list
 */
async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths | null> {
  const location = LOCATION.exec(api.registry)?.groups?.["location"];
  const [project, repository, ...more] = prefix.split("/");
  if (location === undefined || more.length === 0 || !(await api.canSend(LOGIN))) return null;
  const name = `projects/${project!}/locations/${location}/repositories/${repository!}/packages`;
  const paths = new PathCollector();
  const ask = (token: string): ApiQuestion => ({ origin: API, login: LOGIN, path: `/v1/${name}?pageSize=${PAGE_SIZE}${token}` });
  const read = await readPages(api, ask(""), (document): PageStep => {
    if (!isJsonObject(document)) return "malformed";
    // Both are absent where they are empty.
    const { packages = [], nextPageToken: next = "", ...others } = document;
    if (!Array.isArray(packages) || typeof next !== "string" || Object.keys(others).length > 0) return "malformed";
    for (const entry of packages) {
      const path = isJsonObject(entry) ? readName(entry["name"], `${name}/`) : null;
      if (path === null || !paths.add(path, `${project!}/${repository!}/`)) return "malformed";
    }
    return next === "" ? "end" : ask(`&pageToken=${encodeURIComponent(next)}`);
  });
  return paths.end(read);
}

/** Reads the name of a package, in which a slash is encoded. */
function readName(name: unknown, parent: string): string | null {
  if (typeof name !== "string" || !name.startsWith(parent)) return null;
  return name.slice(parent.length).replaceAll(/%2f/gi, "/");
}
