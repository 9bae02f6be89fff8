import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";

const MANIFEST = '{"schemaVersion":2,"layers":[]}';
const DIGEST = digestOf(MANIFEST);

let registry: ControlRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(registry.url + path, { redirect: "manual", ...init });
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { errors: { code: string }[] }).errors[0]!.code;
}

describe("manifests", () => {
  beforeEach(() => {
    registry.store.putManifest("acme/app", MANIFEST, OCI_MANIFEST, "1.0.0");
  });

  it("answers by tag and by digest with the exact bytes, type and digest", async () => {
    for (const reference of ["1.0.0", DIGEST, encodeURIComponent(DIGEST)]) {
      const answer = await ask(`/v2/acme/app/manifests/${reference}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(OCI_MANIFEST);
      expect(answer.headers.get("docker-content-digest")).toBe(DIGEST);
      expect(await answer.text()).toBe(MANIFEST);
    }
  });

  it("answers a HEAD with the headers of the GET and no body", async () => {
    const answer = await ask("/v2/acme/app/manifests/1.0.0", { method: "HEAD" });
    expect(answer.headers.get("docker-content-digest")).toBe(DIGEST);
    expect(answer.headers.get("content-length")).toBe(String(MANIFEST.length));
    expect(await answer.text()).toBe("");
  });

  it("answers an unknown manifest, blob or repository with the error document of each", async () => {
    const unknown = digestOf("never pushed");
    const cases = [
      ["/v2/acme/app/manifests/2.0.0", "MANIFEST_UNKNOWN"],
      [`/v2/acme/app/manifests/${unknown}`, "MANIFEST_UNKNOWN"],
      [`/v2/acme/app/blobs/${unknown}`, "BLOB_UNKNOWN"],
      ["/v2/acme/other/manifests/1.0.0", "NAME_UNKNOWN"],
      ["/v2/acme/other/tags/list", "NAME_UNKNOWN"],
    ];
    for (const [path, code] of cases) {
      const answer = await ask(path!);
      expect([path, answer.status, await codeOf(answer)]).toEqual([path, 404, code]);
    }
  });

  it("forgets the tags of a deleted manifest, and keeps the manifest of a deleted tag", async () => {
    registry.store.tag("acme/app", "latest", DIGEST);
    expect((await ask("/v2/acme/app/manifests/latest", { method: "DELETE" })).status).toBe(202);
    expect((await ask(`/v2/acme/app/manifests/${DIGEST}`)).status).toBe(200);
    expect((await ask(`/v2/acme/app/manifests/${DIGEST}`, { method: "DELETE" })).status).toBe(202);
    expect((await ask("/v2/acme/app/manifests/1.0.0")).status).toBe(404);
    expect(await (await ask("/v2/acme/app/tags/list")).json()).toEqual({
      name: "acme/app",
      tags: [],
    });
  });
});

describe("tag lists", () => {
  beforeEach(() => {
    for (const tag of ["b", "a", "v10", "v9", "c"]) registry.store.tag("acme/app", tag, DIGEST);
  });

  async function listPages(path: string): Promise<string[][]> {
    const pages: string[][] = [];
    for (let next: string | null = path; next !== null;) {
      const answer: Response = await ask(next);
      pages.push(((await answer.json()) as { tags: string[] }).tags);
      next = /^<(?<url>[^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.groups?.["url"] ?? null;
    }
    return pages;
  }

  it("gives everything in ASCII order where nothing limits a page", async () => {
    expect(await listPages("/v2/acme/app/tags/list")).toEqual([["a", "b", "c", "v10", "v9"]]);
  });

  it("honours n and last, and links relatively while more follow", async () => {
    const pages = [["a", "b"], ["c", "v10"], ["v9"]];
    expect(await listPages("/v2/acme/app/tags/list?n=2")).toEqual(pages);
    expect(await listPages("/v2/acme/app/tags/list?n=2&last=b")).toEqual(pages.slice(1));
    expect((await ask("/v2/acme/app/tags/list?n=5")).headers.get("link")).toBeNull();
  });

  it("limits a page by its own size, whatever n asks for", async () => {
    registry.setOptions({ tagsPageSize: 3 });
    expect(await listPages("/v2/acme/app/tags/list?n=1000")).toEqual([
      ["a", "b", "c"],
      ["v10", "v9"],
    ]);
  });

  it("refuses an n that is no number or past the maximum", async () => {
    registry.setOptions({ tagsMaximum: 100 });
    for (const n of ["101", "-1", "x"]) {
      const answer = await ask(`/v2/acme/app/tags/list?n=${n}`);
      expect([answer.status, await codeOf(answer)]).toEqual([400, "PAGINATION_NUMBER_INVALID"]);
    }
    expect((await ask("/v2/acme/app/tags/list?n=100")).status).toBe(200);
  });

  it("can ignore n, or leave out the Link, as some registries do", async () => {
    registry.setOptions({ tagsPaging: "ignores-n" });
    expect(await listPages("/v2/acme/app/tags/list?n=2")).toEqual([["a", "b", "c", "v10", "v9"]]);
    registry.setOptions({ tagsPaging: "without-link" });
    expect(await listPages("/v2/acme/app/tags/list?n=2")).toEqual([["a", "b"]]);
  });

  it("can answer an empty list as null", async () => {
    registry.store.createRepository("acme/empty");
    expect(await (await ask("/v2/acme/empty/tags/list")).json()).toEqual({
      name: "acme/empty",
      tags: [],
    });
    registry.setOptions({ tagsNull: true });
    expect(await (await ask("/v2/acme/empty/tags/list")).json()).toEqual({
      name: "acme/empty",
      tags: null,
    });
  });
});

describe("referrers", () => {
  const path = `/v2/acme/app/referrers/${DIGEST}`;
  const referrer = (rest: object): string =>
    JSON.stringify({
      schemaVersion: 2,
      subject: { mediaType: OCI_MANIFEST, digest: DIGEST, size: 1 },
      ...rest,
    });

  beforeEach(() => {
    registry.store.putManifest("acme/app", MANIFEST, OCI_MANIFEST, "1.0.0");
  });

  async function list(url = path): Promise<{ digest: string; artifactType?: string; annotations?: object }[]> {
    const answer = await ask(url);
    expect(answer.headers.get("content-type")).toBe(OCI_INDEX);
    return ((await answer.json()) as { manifests: { digest: string; artifactType?: string }[] }).manifests;
  }

  it("lists nothing for a subject that nothing names", async () => {
    expect(await list()).toEqual([]);
  });

  it("lists what names the subject, with artifact type (else the config's) and annotations", async () => {
    const own = referrer({
      artifactType: "a/own",
      config: { mediaType: "a/config" },
      annotations: { key: "value" },
    });
    const config = referrer({ config: { mediaType: "a/config" } });
    registry.store.putManifest("acme/app", own, OCI_MANIFEST);
    registry.store.putManifest("acme/app", config, OCI_MANIFEST);
    expect(await list()).toEqual([
      {
        mediaType: OCI_MANIFEST,
        digest: digestOf(own),
        size: own.length,
        artifactType: "a/own",
        annotations: { key: "value" },
      },
      {
        mediaType: OCI_MANIFEST,
        digest: digestOf(config),
        size: config.length,
        artifactType: "a/config",
      },
    ]);
    registry.store.deleteManifest("acme/app", digestOf(own));
    expect((await list()).map((entry) => entry.digest)).toEqual([digestOf(config)]);
  });

  it("pages by Link", async () => {
    for (let n = 0; n < 5; n++) registry.store.putManifest("acme/app", referrer({ n }), OCI_MANIFEST);
    registry.setOptions({ referrersPageSize: 2 });
    const first = await ask(path);
    expect(first.headers.get("link")).toBe(`<${path}?start=2>; rel="next"`);
    expect(await list(`${path}?start=2`)).toHaveLength(2);
    expect(await list(`${path}?start=4`)).toHaveLength(1);
    expect((await ask(`${path}?start=4`)).headers.get("link")).toBeNull();
  });

  it("refuses a subject that is no digest", async () => {
    expect((await ask("/v2/acme/app/referrers/latest")).status).toBe(400);
  });

  it("has no such route where the API is off", async () => {
    registry.setOptions({ referrersApi: false });
    const answer = await ask(path);
    expect([answer.status, await answer.text()]).toEqual([404, "404 page not found\n"]);
  });
});

describe("blobs", () => {
  it("are served by themselves, or redirected to a storage that refuses the registry's credentials", async () => {
    const digest = registry.store.putBlob("acme/app", "payload");
    expect(await (await ask(`/v2/acme/app/blobs/${digest}`)).text()).toBe("payload");
    registry.setOptions({ redirectBlobs: `${registry.url}/storage/` });
    const redirect = await ask(`/v2/acme/app/blobs/${digest}`);
    expect([redirect.status, redirect.headers.get("location")]).toEqual([307, `${registry.url}/storage/${digest}`]);
    expect(await (await ask(`/storage/${digest}`)).text()).toBe("payload");
    expect((await ask(`/storage/${digest}`, { headers: { authorization: "Bearer x" } })).status).toBe(400);
    expect((await ask(`/storage/${digestOf("other")}`)).status).toBe(404);
  });
});

describe("the request log", () => {
  it("holds every request with kind, path, status and whether credentials came with it", async () => {
    await ask("/v2/");
    await ask("/v2/acme/app/tags/list?n=1", { headers: { authorization: "Basic eDp5" } });
    await ask(`/v2/acme/app/manifests/${DIGEST}`, { method: "HEAD" });
    await ask("/elsewhere");
    expect(
      registry.requests.entries().map(({ method, path, kind, status, authorization }) => [method, path, kind, status, authorization]),
    ).toEqual([
      ["GET", "/v2/", "ping", 200, false],
      ["GET", "/v2/acme/app/tags/list?n=1", "tags", 404, true],
      ["HEAD", `/v2/acme/app/manifests/${DIGEST}`, "manifest-digest", 404, false],
      ["GET", "/elsewhere", "other", 404, false],
    ]);
    expect(registry.requests.count("tags")).toBe(1);
    registry.requests.clear();
    expect(registry.requests.count()).toBe(0);
  });
});

describe("the hook before an answer", () => {
  it("can change the content that the same request then sees", async () => {
    registry.setOptions({
      onRequest: (request) => {
        if (request.kind === "tags") registry.store.putManifest("acme/app", MANIFEST, OCI_MANIFEST, "pushed-meanwhile");
      },
    });
    expect(await (await ask("/v2/acme/app/tags/list")).json()).toEqual({
      name: "acme/app",
      tags: ["pushed-meanwhile"],
    });
  });
});

describe("a rate limit", () => {
  it("answers 429 with Retry-After past the limit", async () => {
    registry.setOptions({ rateLimit: 2 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask("/v2/")));
    const refused = answers.find((answer) => answer.status === 429)!;
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await codeOf(refused)).toBe("TOOMANYREQUESTS");
    expect(answers.some((answer) => answer.status === 200)).toBe(true);
  });
});
