import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { MANIFEST_ACCEPT, OCI_MANIFEST } from "../../../lib/oci/media-types.ts";
import type { Credential } from "../../../lib/registry/credentials/credential.ts";
import { ANONYMOUS } from "../../../lib/registry/credentials/credential.ts";
import { newRepository, openClients } from "../open-clients.ts";
import { sendJson } from "../start-server.ts";
import { BROKEN_ANSWERS } from "./broken-answers.ts";
import type { CloudRequest } from "../../imitations/open-cloud.ts";
import { startCloud } from "./start-cloud.ts";

const PERSON: Credential = { kind: "basic", username: "ann", password: "dckr_pat_s3cret" };
const REGISTRY = "registry-1.docker.io";
const API = "hub.docker.com";
const CONFIG = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 };
const BODY = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: CONFIG, layers: [] });

interface HubOptions {
  readonly tags?: number;
  readonly pageSize?: number;
  /** Pulls that are left; every GET of a manifest takes one, and without one it is a 429. */
  readonly pulls?: number;
  readonly credential?: Credential;
  readonly now?: () => number;
  /** Answers a request to the API otherwise. */
  readonly first?: (url: URL, response: ServerResponse) => boolean;
}

/** Answers as Docker Hub's two services do, by their published references. */
async function openHub({ tags = 250, pageSize = 100, pulls = 100, credential = PERSON, now, first = () => false }: HubOptions = {}) {
  let left = pulls;
  let refused = 0;
  const answerApi = (request: CloudRequest, response: ServerResponse): void => {
    const url = new URL(request.url, `https://${API}`);
    if (url.pathname === "/v2/auth/token") {
      const good = request.body === JSON.stringify({ identifier: "ann", secret: "dckr_pat_s3cret" });
      return sendJson(response, good ? 200 : 401, good ? { access_token: "for-the-api" } : { message: "unauthorized" });
    }
    if (first(url, response)) return;
    const asked = Number(url.searchParams.get("page_size"));
    if (asked > 100 && pageSize < 100) return sendJson(response, 400, { message: "page_size is too large" });
    const all = url.pathname.endsWith("/tags")
      ? Array.from({ length: tags }, (_, at) => ({ name: `v${at}`, digest: at === 3 ? undefined : digestOf(`image ${at}`), images: [] }))
      : ["app", "web"].map((name) => ({ name, namespace: "acme", repository_type: "image" }));
    const size = Math.min(asked, pageSize);
    const page = Number(url.searchParams.get("page"));
    const next = page * size < all.length ? `https://${API}${url.pathname}?page=${page + 1}&page_size=${size}` : null;
    sendJson(response, 200, { count: all.length, next, previous: null, results: all.slice((page - 1) * size, page * size) });
  };
  const answerRegistry = ({ method, url, headers }: CloudRequest, response: ServerResponse): void => {
    if (headers.authorization !== "Bearer for-pulls") {
      const header = `Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:acme/app:pull"`;
      return sendJson(response, 401, {}, { "www-authenticate": header });
    }
    if (url.includes("/tags/list")) return sendJson(response, 200, { tags: ["from-the-list"] });
    if (method === "GET" && left === 0) {
      refused++;
      return sendJson(response, 429, { errors: [{ code: "TOOMANYREQUESTS", message: "pull rate limit" }] });
    }
    if (method === "GET") left--;
    response.writeHead(200, {
      "content-type": OCI_MANIFEST,
      "docker-content-digest": digestOf(BODY),
      ...(Number.isFinite(left) && { "ratelimit-limit": `${pulls};w=21600`, "ratelimit-remaining": `${left};w=21600` }),
    });
    response.end(method === "GET" ? BODY : "");
  };
  const cloud = await startCloud({
    [API]: answerApi,
    [REGISTRY]: answerRegistry,
    "auth.docker.io": (_, response) => sendJson(response, 200, { token: "for-pulls", expires_in: 300 }),
  });
  const { clients } = openClients([], { ...cloud.options, credential, ...(now && { now }) });
  onTestFinished(() => clients.close());
  const client = clients.of(newRepository("docker.io"));
  return { cloud, clients, client, refused: () => refused };
}

describe("a repository of Docker Hub", () => {
  it.each([
    [1_000, 1],
    [100, 3],
    [50, 6],
  ])("is listed with what each tag names, in pages of %i, by %i requests and a login", async (pageSize, requests) => {
    const { client, cloud } = await openHub({ pageSize });
    const { tags, complete, bulk } = await client.listTags();
    expect([tags.size, complete, bulk?.digests.size, bulk?.digests.get("v7")]).toEqual([250, true, 249, digestOf("image 7")]);
    expect(cloud.seen.length).toBe(1 + requests);
  });

  it("is asked with the token that the API gave for the login, which no other host sees", async () => {
    const { client, clients, cloud } = await openHub();
    await Promise.all([client, clients.of(newRepository("docker.io", "acme/web"))].map((one) => one.listTags()));
    await client.resolveTag("v1", { listed: true });
    expect(cloud.asked().filter((asked) => asked.startsWith("POST"))).toEqual([`POST ${API}/v2/auth/token`]);
    for (const { host, headers, body } of cloud.seen) {
      const { authorization = "" } = headers;
      expect(authorization.includes("for-the-api")).toBe(host === API && body === "");
      expect(authorization.includes("for-pulls") && host !== REGISTRY).toBe(false);
    }
  });

  it("is asked without a login where there is none", async () => {
    const { client, cloud } = await openHub({ credential: ANONYMOUS });
    expect((await client.listTags()).tags.size).toBe(250);
    expect(cloud.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it("is listed by its tag list where the API refuses the login, which is not sent again", async () => {
    const { client, clients, cloud } = await openHub({ credential: { kind: "basic", username: "ann", password: "wrong" } });
    expect([...(await client.listTags()).tags]).toEqual(["from-the-list"]);
    await clients.of(newRepository("docker.io", "acme/web")).listTags();
    expect(cloud.asked().filter((asked) => asked.includes(API))).toHaveLength(1);
  });

  it.each(BROKEN_ANSWERS)("is listed by its tag list where the API answers %s", async (_, answer) => {
    const { client } = await openHub({ first: (_url, response) => (answer(response), true) });
    const { tags, complete, bulk } = await client.listTags();
    expect([[...tags], complete, bulk]).toEqual([["from-the-list"], true, null]);
  });

  it.each([
    ["breaks in the middle", (url: URL, response: ServerResponse) => url.search.includes("page=2") && (sendJson(response, 500, {}), true)],
    [
      "counts more than it gives",
      (_: URL, response: ServerResponse) => (sendJson(response, 200, { count: 2, next: null, results: [{ name: "v1" }] }), true),
    ],
    [
      "names what is no tag",
      (_: URL, response: ServerResponse) => (sendJson(response, 200, { count: 1, next: null, results: [{ name: "a b" }] }), true),
    ],
    [
      "has a next page that is none",
      (_: URL, response: ServerResponse) => (sendJson(response, 200, { next: 2, results: [{ name: "v1" }] }), true),
    ],
  ])("is listed by its tag list where the API %s", async (_, first) => {
    const { client } = await openHub({ first });
    expect([...(await client.listTags()).tags]).toEqual(["from-the-list"]);
  });
});

describe("the token of the API", () => {
  it("is asked for again once it is over, however many wait for it", async () => {
    let now = 1_790_000_000_000;
    const { cloud, clients } = await openHub({ now: () => now });
    const listBoth = () => Promise.all(["acme/app", "acme/web"].map((path) => clients.of(newRepository("docker.io", path)).listTags()));
    await listBoth();
    now += 61_000;
    await listBoth();
    expect(cloud.asked().filter((asked) => asked.startsWith("POST"))).toHaveLength(2);
  });
});

describe("the repositories of Docker Hub", () => {
  it("are those of a namespace", async () => {
    const { clients } = await openHub();
    expect(await clients.listRepositories("docker.io", "acme/")).toEqual({
      paths: ["acme/app", "acme/web"],
      complete: true,
      failure: null,
    });
  });

  it("cannot be listed without a namespace, and it is said so", async () => {
    const { clients, cloud } = await openHub();
    const { complete, failure } = await clients.listRepositories("docker.io", "");
    expect([complete, failure?.detail, cloud.seen.length]).toEqual([
      false,
      expect.stringContaining("begin the name with the namespace"),
      0,
    ]);
  });
});

describe("the pulls that Docker Hub allows", () => {
  const pullAll = (client: Awaited<ReturnType<typeof openHub>>["client"], count: number) =>
    Promise.all(Array.from({ length: count }, () => client.fetchManifest(digestOf(BODY), { listed: true })));

  it.each([0, 1, 5, 40])("are never more than the %i that are left: the rest is postponed, and HEAD goes on", async (pulls) => {
    const { client, cloud, refused } = await openHub({ pulls });
    const answers = await pullAll(client, 60);
    expect([answers.filter(({ kind }) => kind === "found").length, refused()]).toEqual([pulls, 0]);
    const postponed = answers.find((answer) => answer.kind === "failed");
    expect(postponed).toMatchObject({
      failure: { code: "budget", detail: expect.stringMatching(/postponed: .* for 6 hours are used up$/) },
    });
    expect(await client.resolveTag("v1", { listed: true })).toMatchObject({ kind: "found" });
    expect(cloud.seen.filter(({ method, host }) => method === "GET" && host === REGISTRY).length).toBeLessThanOrEqual(pulls);
  });

  it("are learned by one request that is no pull", async () => {
    const { client, cloud } = await openHub();
    await pullAll(client, 20);
    const heads = cloud.seen.filter(({ method, headers }) => method === "HEAD" && headers.accept === MANIFEST_ACCEPT);
    expect(heads.length).toBe(2);
  });

  it("are not counted where the registry does not limit them", async () => {
    const { client } = await openHub({ pulls: Infinity });
    expect((await pullAll(client, 150)).every(({ kind }) => kind === "found")).toBe(true);
  });
});
