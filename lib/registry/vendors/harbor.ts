import { isJsonObject, type JsonObject } from "../../oci/parse-json.ts";
import { formatBasic } from "../login/token-endpoint.ts";
import { KEEPS_ALL, type RetentionRules } from "../retention/retention-rules.ts";
import { parseTagRetention } from "../retention/tag-retention.ts";
import { BulkCollector } from "./bulk-collector.ts";
import { PathCollector } from "./path-collector.ts";
import { readPages, type PageStep } from "./read-pages.ts";
import type { RegistryProfile } from "./registry-profile.ts";
import type { ApiDocument, ApiLogin, ApiQuestion, BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

/** Robot accounts and people log in to the API as they do to the registry; public projects need no login. */
const LOGIN: ApiLogin = { kind: "headers", headersOf: ({ username, password }) => ({ authorization: formatBasic(username, password) }) };
/** The most that the API gives. */
const PAGE_SIZE = 100;

/**
 * Harbor stands behind any name, and its challenge names it. Its documents say UNKNOWN for some missing things. Its API tells what is
 * attached to each digest. https://goharbor.io/docs/main/build-customize-contribute/configure-swagger/
 */
export const HARBOR: RegistryProfile = {
  service: "harbor-registry",
  saysAbsent: { code: "UNKNOWN", message: /not found/i },
  listInBulk,
  listRepositories,
  listingRemedy: "let this account list the repositories of the project, or name each repository",
  isPullThrough,
  readRetention,
};

/**
 * By the artifacts of the repository, with their tags and accessories. Accessories are no artifacts of this list, so that it lacks cosign's
 * `.sig` tags, and all tags come from the tag list.
 */
async function listInBulk(api: VendorApi, path: string): Promise<BulkAnswer> {
  const split = splitPath(path);
  if (split === null) return null;
  const bulk = new BulkCollector();
  const base = `/api/v2.0/projects/${split.project}/repositories/${split.repository}/artifacts`;
  const read = await readNumbered(api, `${base}?with_tag=true&with_immutable_status=true&with_accessory=true`, (artifact) => {
    const { digest, tags, accessories } = artifact;
    const names = readEach(tags, (tag) => tag["name"]);
    const attached = readEach(accessories, (accessory) => accessory["digest"]);
    return (
      names !== null &&
      attached !== null &&
      bulk.addManifest(digest, names) &&
      attached.every((one) => bulk.addReferrer(digest, one)) &&
      bulk.addDates(datesOf(artifact))
    );
  });
  return read.kind === "failed" ? read : bulk.end(read.pages, "some");
}

/** What tag retention looks at: the last push and pull of the artifact or a tag of it. Accessories go with their image only. */
function datesOf({ digest, tags, push_time: pushed, pull_time: pulled }: JsonObject) {
  const named = Array.isArray(tags) ? tags.filter(isJsonObject) : [];
  return {
    digest,
    tags: named.flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
    subject: null,
    mediaType: null,
    pushedAt: lastOf([pushed, ...named.map((tag) => tag["push_time"])]),
    pulledAt: lastOf([pulled, ...named.map((tag) => tag["pull_time"])]),
    isImmutable: named.some(({ immutable }) => immutable === true),
  };
}

/** Returns the last of some times, or null. What was never pulled has a time in the year 1. */
function lastOf(times: readonly unknown[]): number | null {
  const read = times.map((time) => (typeof time === "string" ? Date.parse(time) : Number.NaN)).filter((time) => time > 0);
  return read.length === 0 ? null : Math.max(...read);
}

/** By the tag retention of the project, to which the project's metadata lead. */
async function readRetention(api: VendorApi, path: string): Promise<RetentionRules | null> {
  const [project] = path.split("/", 1);
  const metadata = (await askProject(api, path))?.["metadata"];
  if (!isJsonObject(metadata)) return null;
  const { retention_id: id = "" } = metadata;
  if (id === "") return KEEPS_ALL;
  if (typeof id !== "string" || !/^\d{1,18}$/.test(id)) return null;
  const address = `/api/v2.0/retentions/${id}`;
  const reply = await api.once(address, () => api.ask(ask(address)));
  return reply.kind === "failed" ? null : parseTagRetention(reply.value, project!, path.slice(project!.length + 1));
}

/** By the repositories of the project that the prefix names or, without one, by all that this account sees. */
async function listRepositories(api: VendorApi, prefix: string): Promise<ListedPaths> {
  const paths = new PathCollector();
  const project = prefix.includes("/") ? encodeURIComponent(prefix.split("/", 1)[0]!) : null;
  const base = project === null ? "/api/v2.0/repositories" : `/api/v2.0/projects/${project}/repositories`;
  const read = await readNumbered(api, base, ({ name }) => paths.add(name));
  return paths.end(read);
}

/** A project with a `registry_id` is a cache of that registry. */
async function isPullThrough(api: VendorApi, path: string): Promise<boolean | null> {
  const project = await askProject(api, path);
  if (project === null) return null;
  const { registry_id: upstream } = project;
  return typeof upstream === "number" && upstream > 0;
}

/** Asks for the project of a repository, once for all that it contains. */
async function askProject(api: VendorApi, path: string): Promise<JsonObject | null> {
  const split = splitPath(path);
  if (split === null) return null;
  const address = `/api/v2.0/projects/${split.project}`;
  const reply = await api.once(address, () => api.ask(ask(address)));
  return reply.kind !== "failed" && isJsonObject(reply.value) && typeof reply.value["project_id"] === "number" ? reply.value : null;
}

/**
 * Reads all pages of a list. `X-Total-Count` counts its entries: fewer mean that one moved from page to page meanwhile, so that it was not
 * seen. Without it, the list ends with an empty page.
 */
function readNumbered(api: VendorApi, base: string, add: (entry: Readonly<Record<string, unknown>>) => boolean) {
  let page = 1;
  let entries = 0;
  const address = (): ApiQuestion => ask(`${base}${base.includes("?") ? "&" : "?"}page=${page}&page_size=${PAGE_SIZE}`);
  return readPages(api, address(), (document: unknown, { header }: ApiDocument): PageStep => {
    if (!Array.isArray(document) || !document.every((entry) => isJsonObject(entry) && add(entry))) return "malformed";
    entries += document.length;
    const total = header("x-total-count");
    const isCounted = /^\d{1,9}$/.test(total);
    if (isCounted && entries >= Number(total)) return "end";
    if (document.length === 0) return isCounted ? "incomplete" : "end";
    page++;
    return address();
  });
}

/** Reads a member of each object in a list, which may be null or absent where it is empty. Null if it is anything else. */
function readEach(list: unknown, read: (entry: Readonly<Record<string, unknown>>) => unknown): readonly unknown[] | null {
  if (list === null || list === undefined) return [];
  return Array.isArray(list) && list.every(isJsonObject) ? list.map((entry) => read(entry)) : null;
}

/** Splits `project/team/app`. The slash inside a repository's name is encoded twice, as the API demands. */
function splitPath(path: string): { readonly project: string; readonly repository: string } | null {
  const slash = path.indexOf("/");
  if (slash < 0) return null;
  const repository = encodeURIComponent(encodeURIComponent(path.slice(slash + 1)));
  return { project: encodeURIComponent(path.slice(0, slash)), repository };
}

function ask(path: string): ApiQuestion {
  return { origin: null, login: LOGIN, path };
}
