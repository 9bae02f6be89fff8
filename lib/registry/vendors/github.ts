import { isJsonObject } from "../../oci/parse-json.ts";
import type { Failed } from "../answer.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readLinked } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiQuestion, BulkAnswer, HeaderLogin, ListedPaths, VendorApi } from "./vendor-api.ts";

const API = "https://api.github.com";
/** Without a token the API tells nothing of packages, not even of public ones, so it is not asked. */
const LOGIN: HeaderLogin = {
  kind: "headers",
  headersOf: ({ password }) => ({ authorization: `Bearer ${password}`, "x-github-api-version": "2022-11-28" }),
};
/** The most that the API gives. */
const PAGE_SIZE = 100;

/**
 * GitHub's registry, whose packages API tells all versions, tagged or not, to a token with `read:packages`.
 * https://docs.github.com/rest/packages/packages
 */
export const GITHUB: RegistryProfile = {
  isFor: (registry) => registry === "ghcr.io",
  listInBulk,
  listRepositories,
  listingRemedy:
    "begin the name with the organisation or user, and log in with a classic token that has read:packages, or name each repository",
};

/** By the versions of the package: `name` is a digest, and its tags are metadata. */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const slash = path.indexOf("/");
  if (slash < 0 || !(await api.canSend(LOGIN))) return null;
  const name = encodeURIComponent(path.slice(slash + 1));
  return askOwner(api, path.slice(0, slash), async (owner) => {
    const bulk = new BulkCollector();
    const read = await readLinked(api, ask(`${owner}/packages/container/${name}/versions?state=active`), ({ name: digest, metadata }) => {
      const container = isJsonObject(metadata) ? metadata["container"] : undefined;
      return isJsonObject(container) && bulk.addManifest(digest, container["tags"]);
    });
    return read.kind === "failed" ? read : bulk.end(read.pages, "all");
  });
}

async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths> {
  const [name] = prefix.split("/", 1);
  if (!prefix.includes("/")) return { paths: [], failure: api.refuse(405, "GitHub lists the packages of one owner at a time").failure };
  if (!(await api.canSend(LOGIN))) return { paths: [], failure: api.refuse(401, "GitHub lists packages for a token only").failure };
  const paths = new PathCollector();
  const read = await askOwner(api, name!, (owner) =>
    readLinked(api, ask(`${owner}/packages?package_type=container`), (entry) => paths.add(entry["name"], `${name!.toLowerCase()}/`)),
  );
  return paths.end(read);
}

/** Asks for what an organisation has or, if there is no such thing, a user. Which of them an owner is, is remembered. */
async function askOwner<T extends { readonly kind: string }>(
  api: VendorApi,
  name: string,
  read: (owner: string) => Promise<T | Failed>,
): Promise<T | Failed> {
  const users = await api.once("owners that are users", () => Promise.resolve(new Set<string>()));
  const [user, organisation] = [`/users/${encodeURIComponent(name)}`, `/orgs/${encodeURIComponent(name)}`];
  if (users.has(name)) return read(user);
  const first = await read(organisation);
  if (!("failure" in first) || first.failure.status !== 404) return first;
  const second = await read(user);
  if (!("failure" in second)) users.add(name);
  return second;
}

function ask(path: string): ApiQuestion {
  return { origin: API, login: LOGIN, path: `${path}&per_page=${PAGE_SIZE}` };
}
