import type { ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { digestOf } from "../../../lib/oci/digest.ts";
import { formatBasic } from "../../../lib/registry/login/token-endpoint.ts";
import { newRepository, newSettings, openClients } from "../open-clients.ts";
import { sendJson, startServer, type ScriptedServer, type SeenRequest } from "../start-server.ts";

const ROBOT = { kind: "basic", username: "robot$acme+audit", password: "s3cret" } as const;
const BASIC = formatBasic(ROBOT.username, ROBOT.password);
const count = 250;

function artifactOf(at: number) {
  return {
    digest: digestOf(`image ${at}`),
    type: "IMAGE",
    tags: at === 0 ? null : [{ id: at, name: `v${at}`, immutable: false }],
    accessories: at % 2 === 0 ? null : [{ id: at, digest: digestOf(`signature ${at}`), type: "signature.cosign" }],
  };
}

type Answer = (request: SeenRequest, response: ServerResponse) => boolean;

/** Answers as Harbor 2.15 does: a token for the registry, Basic for the API, 100 artifacts a page. `first` may answer otherwise. */
async function startHarbor(first: Answer = () => false): Promise<ScriptedServer> {
  const server = await startServer((request, response) => {
    if (first(request, response)) return;
    const url = new URL(request.url, server.url);
    if (url.pathname === "/service/token") return sendJson(response, 200, { token: "for-the-registry", expires_in: 1800 });
    if (url.pathname.startsWith("/api/v2.0/")) return answerApi(url, request, response);
    if (request.headers.authorization !== "Bearer for-the-registry") return challenge(server, response);
    if (url.pathname.endsWith("/_catalog")) return sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] });
    sendJson(response, 200, { tags: Array.from({ length: count }, (_, at) => `v${at}`) });
  });
  onTestFinished(() => server.close());
  return server;
}

function challenge(server: ScriptedServer, response: ServerResponse): void {
  const header = `Bearer realm="${server.url}/service/token",service="harbor-registry",scope="repository:acme/team/app:pull"`;
  sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] }, { "www-authenticate": header });
}

function answerApi(url: URL, { headers }: SeenRequest, response: ServerResponse): void {
  if (headers.authorization !== BASIC) return sendJson(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "unauthorized" }] });
  const names = ["acme/team/app", "acme/web"];
  const all = url.pathname.endsWith("/artifacts")
    ? Array.from({ length: count }, (_, at) => artifactOf(at))
    : names.map((name) => ({ name }));
  const size = Math.min(Number(url.searchParams.get("page_size")), 100);
  const start = (Number(url.searchParams.get("page")) - 1) * size;
  sendJson(response, 200, all.slice(start, start + size), { "x-total-count": String(all.length) });
}

function open(server: ScriptedServer, credential: typeof ROBOT | { readonly kind: "anonymous" } = ROBOT) {
  const { clients } = openClients([newSettings(server.host)], { credential });
  onTestFinished(() => clients.close());
  return clients;
}

const pathsOf = ({ seen }: ScriptedServer) => seen.map(({ url }) => url.split("?", 1)[0]!);

describe("a repository of Harbor", () => {
  it("is listed with what each tag names and what is attached to it, 100 artifacts a request", async () => {
    const server = await startHarbor();
    const { tags, complete, bulk } = await open(server).of(newRepository(server.host, "acme/team/app")).listTags();
    expect([tags.size, complete, bulk?.digests.size]).toEqual([count, true, count - 1]);
    expect([bulk?.digests.get("v7"), bulk?.referrers.get(digestOf("image 7"))]).toEqual([
      digestOf("image 7"),
      new Set([digestOf("signature 7")]),
    ]);
    expect(bulk?.referrers.size).toBe(count / 2);
    const artifacts = "/api/v2.0/projects/acme/repositories/team%252Fapp/artifacts";
    expect(pathsOf(server).filter((path) => path.startsWith("/api/"))).toEqual([artifacts, artifacts, artifacts]);
  });

  it("is asked with the robot's password for the API only, and with its token for the registry only", async () => {
    const server = await startHarbor();
    await open(server).of(newRepository(server.host, "acme/team/app")).listTags();
    for (const { url, headers } of server.seen) {
      const isToken = url.startsWith("/v2/");
      expect(headers.authorization ?? "Bearer for-the-registry").toBe(isToken ? "Bearer for-the-registry" : BASIC);
    }
  });

  it.each<[string, Answer]>([
    ["refuses the robot", (_, response) => (sendJson(response, 403, { errors: [{ code: "FORBIDDEN", message: "forbidden" }] }), true)],
    ["has no API", (_, response) => (sendJson(response, 404, {}), true)],
    ["answers with a page", (_, response) => (response.writeHead(200, { "content-type": "text/html" }).end("<html>"), true)],
    ["answers another list", (_, response) => (sendJson(response, 200, [{ tags: [] }]), true)],
    ["answers an object", (_, response) => (sendJson(response, 200, { artifacts: [] }), true)],
    [
      "has tags without names",
      (_, response) => (sendJson(response, 200, [{ ...artifactOf(1), tags: ["v1"] }], { "x-total-count": "1" }), true),
    ],
    ["breaks in the middle", ({ url }, response) => url.includes("page=2") && (sendJson(response, 502, {}), true)],
    [
      "counts more than it lists",
      ({ url }, response) => url.includes("page=3") && (sendJson(response, 200, [], { "x-total-count": "250" }), true),
    ],
  ])("that %s is listed by its tag list", async (_, answer) => {
    const server = await startHarbor((request, response) => request.url.startsWith("/api/") && answer(request, response));
    const { tags, complete, bulk } = await open(server).of(newRepository(server.host, "acme/team/app")).listTags();
    expect([tags.size, complete, bulk]).toEqual([count, true, null]);
  });

  it("is listed by its tag list, and the API left alone, where the login does not serve for it", async () => {
    const server = await startHarbor();
    const clients = open(server, { kind: "anonymous" });
    for (const path of ["acme/a", "acme/b", "acme/c"]) await clients.of(newRepository(server.host, path)).listTags();
    expect(pathsOf(server).filter((path) => path.startsWith("/api/"))).toHaveLength(1);
  });

  it("ends with an empty page where nothing counts its artifacts", async () => {
    const server = await startHarbor((request, response) => {
      if (!request.url.startsWith("/api/")) return false;
      const page = Number(new URL(request.url, server.url).searchParams.get("page"));
      sendJson(response, 200, page === 1 ? [artifactOf(1)] : []);
      return true;
    });
    const { bulk } = await open(server).of(newRepository(server.host, "acme/app")).listTags();
    expect([bulk?.digests.size, pathsOf(server).filter((path) => path.startsWith("/api/")).length]).toEqual([1, 2]);
  });
});

describe("the repositories of Harbor", () => {
  it.each([
    ["acme/", "/api/v2.0/projects/acme/repositories"],
    ["acme/team/", "/api/v2.0/projects/acme/repositories"],
    ["", "/api/v2.0/repositories"],
  ])("below %j are those of %s", async (prefix, path) => {
    const server = await startHarbor();
    const { paths, complete } = await open(server).listRepositories(server.host, prefix);
    expect([paths, complete]).toEqual([["acme/team/app", "acme/web"].filter((name) => name.startsWith(prefix)), true]);
    expect(pathsOf(server).at(-1)).toBe(path);
  });

  it("are refused in words that say what would mend it", async () => {
    const server = await startHarbor((request, response) => request.url.startsWith("/api/") && (sendJson(response, 403, {}), true));
    const { complete, failure } = await open(server).listRepositories(server.host, "acme/");
    expect([complete, failure?.code]).toEqual([false, "forbidden"]);
    expect(failure?.detail).toMatch(/: 403; let this account list the repositories of the project, or name each repository$/);
  });
});

describe("a proxy project of Harbor", () => {
  it.each([
    [{ project_id: 3, name: "px", registry_id: 1 }, true],
    [{ project_id: 3, name: "px", registry_id: null }, false],
    [{ project_id: 3, name: "px", registry_id: 0 }, false],
    [{ project_id: 3, name: "px" }, false],
    [{ errors: [] }, false],
    [[], false],
  ])("that answers %j is known as one: %j", async (project, expected) => {
    const server = await startHarbor((request, response) => request.url.startsWith("/api/") && (sendJson(response, 200, project), true));
    const clients = open(server);
    const isCache = async (path: string) => {
      const client = clients.of(newRepository(server.host, path));
      await client.listTags();
      return client.isPullThrough();
    };
    expect([await isCache("px/team/app"), await isCache("px/other")]).toEqual([expected, expected]);
    expect(pathsOf(server).filter((path) => path.endsWith("/projects/px"))).toHaveLength(1);
  });
});

describe("the tag retention of Harbor", () => {
  const now = Date.parse("2026-11-20T02:00:00Z");
  const DAY = 86_400_000;
  const at = (days: number): string => new Date(now - days * DAY).toISOString();
  const att = `${digestOf("image").replace(":", "-")}.att`;
  const artifacts = [
    { digest: digestOf("image"), push_time: at(9), pull_time: "0001-01-01T00:00:00.000Z", tags: [{ name: "v1", push_time: at(9) }] },
    { digest: digestOf("attestation"), push_time: at(9), tags: [{ name: att, push_time: at(1), pull_time: at(3), immutable: false }] },
    { digest: digestOf("kept"), push_time: at(9), tags: [{ name: "dev", push_time: at(9), immutable: true }] },
  ];
  const retention = {
    algorithm: "or",
    trigger: { kind: "Schedule", settings: { cron: "0 0 0 * * *" } },
    rules: [
      {
        action: "retain",
        template: "always",
        params: {},
        tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "v*" }],
        scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "team/**" }] },
      },
    ],
  };
  const project = { project_id: 3, name: "acme", metadata: { public: "true", retention_id: "7" } };

  /** Answers with these documents; null for 403. */
  const forecast = async (documents: { readonly project: unknown; readonly retention: unknown }) => {
    const server = await startHarbor(({ url }, response) => {
      if (!url.startsWith("/api/")) return false;
      const path = url.split("?", 1)[0]!;
      const document = path.endsWith("/artifacts") ? artifacts : path.includes("/retentions/") ? documents.retention : documents.project;
      sendJson(response, document === null ? 403 : 200, document ?? { errors: [{ code: "FORBIDDEN", message: "forbidden" }] }, {
        "x-total-count": "3",
      });
      return true;
    });
    const clients = open(server);
    const removed = async (path: string) => {
      const client = clients.of(newRepository(server.host, path));
      const { bulk } = await client.listTags();
      const rules = await client.readRetention();
      return rules && [...rules.forecast(bulk!.manifests!, now, now + 7 * DAY)];
    };
    return { removed: await removed("acme/team/app"), removedElsewhere: await removed("acme/web"), server };
  };

  it("says when companion tags go, for two requests a project", async () => {
    const { removed, removedElsewhere, server } = await forecast({ project, retention });
    const removal = { at: Date.parse("2026-11-21T00:00:00Z"), rule: "tag retention of the project acme", how: "deletes" };
    expect([removed, removedElsewhere]).toEqual([[[digestOf("attestation"), removal]], []]);
    const asked = pathsOf(server).filter((path) => path.startsWith("/api/") && !path.endsWith("/artifacts"));
    expect(asked).toEqual(["/api/v2.0/projects/acme", "/api/v2.0/retentions/7"]);
  });

  it("removes nothing where the project has none", async () => {
    expect((await forecast({ project: { ...project, metadata: { public: "true" } }, retention: null })).removed).toEqual([]);
  });

  it.each([
    ["that this account may not see", { project, retention: null }],
    ["of a project that it may not see", { project: null, retention }],
    ["that is another document", { project, retention: [] }],
    ["with a number that is none", { project: { ...project, metadata: { retention_id: "../users" } }, retention }],
  ])("%s is not known", async (_, documents) => {
    expect((await forecast(documents)).removed).toBeNull();
  });
});
