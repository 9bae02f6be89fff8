import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAULTS, type FaultName } from "../../lib/controls/fault.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";

const MANIFEST = '{"schemaVersion":2,"layers":[]}';
const PATH = "/v2/acme/app/manifests/1.0.0";

let registry: ControlRegistry;
beforeEach(async () => {
  registry = await startRegistry();
  registry.store.putManifest("acme/app", MANIFEST, OCI_MANIFEST, "1.0.0");
});
afterEach(() => registry.close());

function ask(path = PATH, init: RequestInit = {}): Promise<Response> {
  return fetch(registry.url + path, { redirect: "manual", ...init });
}

async function askUnder(fault: FaultName): Promise<Response> {
  registry.setFault({ when: { kind: "manifest-tag" }, fault });
  return ask();
}

describe("which requests a fault befalls", () => {
  it("is told by kind, method and path, and only those that fit every one", async () => {
    registry.setFault({
      when: { kind: "manifest-tag", method: "HEAD", path: "1.0" },
      fault: "500",
    });
    expect((await ask(PATH, { method: "HEAD" })).status).toBe(500);
    expect((await ask()).status).toBe(200);
  });

  it("may be told by a predicate, for the first times only, the first rule first", async () => {
    registry.setFault([
      { when: (request) => request.path === PATH, fault: "503", times: 2 },
      { when: { path: PATH }, fault: "429-retry-after", times: 1 },
    ]);
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await ask()).status);
    expect(statuses).toEqual([503, 503, 429, 200]);
  });

  it("ends when the rules are taken back", async () => {
    await askUnder("500");
    registry.setFault(null);
    expect((await ask()).status).toBe(200);
  });

  it("leaves an unauthenticated request to its challenge", async () => {
    registry.setOptions({ auth: { kind: "basic", user: "a", password: "b" } });
    expect((await askUnder("500")).status).toBe(401);
  });
});

describe("faults that replace the answer", () => {
  const statuses = Object.keys(FAULTS).filter((name) => /^\d{3}/.test(name)) as FaultName[];

  it.each(statuses)("%s has the status of its name", async (fault) => {
    expect((await askUnder(fault)).status).toBe(Number(fault.slice(0, 3)));
  });

  it("tells a 404 of the registry from one of something else", async () => {
    expect(await (await askUnder("404-error")).json()).toMatchObject({
      errors: [{ code: "MANIFEST_UNKNOWN" }],
    });
    expect(await (await askUnder("404-empty")).text()).toBe("");
    expect((await askUnder("404-html")).headers.get("content-type")).toBe("text/html");
    expect(await (await askUnder("404-json")).json()).toEqual({ message: "Not Found" });
  });

  it("says when to come again, or does not", async () => {
    expect((await askUnder("429-retry-after")).headers.get("retry-after")).toBe("1");
    expect((await askUnder("429")).headers.get("retry-after")).toBeNull();
  });
});

describe("faults that change the answer", () => {
  it.each([
    ["as-text", "text/plain; charset=utf-8"],
    ["as-json", "application/json"],
    ["as-bytes", "application/octet-stream"],
    ["without-type", null],
  ] as const)("%s labels the true bytes otherwise", async (fault, label) => {
    const bytes = await (await ask()).text();
    const mislabelled = await askUnder(fault);
    expect([mislabelled.headers.get("content-type"), await mislabelled.text()]).toEqual([label, bytes]);
  });

  it("half-list cuts a list of tags whatever is asked", async () => {
    for (const tag of ["a", "b"]) registry.store.putManifest("cut", "{}", OCI_MANIFEST, tag);
    registry.setFault({ when: { kind: "tags" }, fault: "half-list" });
    expect(await (await ask("/v2/cut/tags/list?n=10")).json()).toEqual({ name: "cut", tags: ["a"] });
  });

  it("wrong-content-type types the true bytes as HTML", async () => {
    const answer = await askUnder("wrong-content-type");
    expect([answer.headers.get("content-type"), await answer.text()]).toEqual(["text/html", MANIFEST]);
  });

  it("invalid-json delivers half a document, complete as far as its length goes", async () => {
    const answer = await askUnder("invalid-json");
    expect(answer.headers.get("content-type")).toBe(OCI_MANIFEST);
    expect(await answer.text()).toBe(MANIFEST.slice(0, Math.floor(MANIFEST.length / 2)));
  });

  it("other-bytes delivers JSON of the same length that the digest does not name", async () => {
    const answer = await askUnder("other-bytes");
    const text = await answer.text();
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(text).toHaveLength(MANIFEST.length);
    expect(answer.headers.get("docker-content-digest")).toBe(digestOf(MANIFEST));
    expect(digestOf(text)).not.toBe(digestOf(MANIFEST));
  });

  it("lies about the digest, or leaves it out", async () => {
    expect((await askUnder("wrong-digest-header")).headers.get("docker-content-digest")).not.toBe(digestOf(MANIFEST));
    expect((await askUnder("no-digest-header")).headers.get("docker-content-digest")).toBeNull();
  });

  it("next-page-missing links to a page that is not there, next-page-loop to the same page", async () => {
    const list = "/v2/acme/app/tags/list";
    registry.setFault({ when: { kind: "tags" }, fault: "next-page-missing" });
    const first = await ask(list);
    expect([first.status, first.headers.get("link")]).toEqual([200, `<${list}?page=missing>; rel="next"`]);
    expect((await ask(`${list}?page=missing`)).status).toBe(404);
    registry.setFault({ when: { kind: "tags" }, fault: "next-page-loop" });
    expect((await ask(list)).headers.get("link")).toBe(`<${list}>; rel="next"`);
  });

  it("redirects to a private address, or in a circle", async () => {
    expect((await askUnder("redirect-private")).headers.get("location")).toContain("169.254.169.254");
    expect((await askUnder("redirect-loop")).headers.get("location")).toBe(PATH);
  });
});

describe("faults of the connection", () => {
  it("reset cuts it before any answer", async () => {
    await expect(askUnder("reset")).rejects.toThrow();
    expect(registry.requests.entries().at(-1)!.status).toBeNull();
  });

  it("truncated announces the whole length and cuts after half of it", async () => {
    const answer = await askUnder("truncated");
    expect(answer.headers.get("content-length")).toBe(String(MANIFEST.length));
    await expect(answer.text()).rejects.toThrow();
  });

  it("stalled delivers half of the body and then nothing", async () => {
    const answer = await askUnder("stalled");
    const reader = answer.body!.getReader();
    const { value } = await reader.read();
    expect(value).toHaveLength(Math.floor(MANIFEST.length / 2));
    const rest = reader.read();
    await registry.close();
    await expect(rest).rejects.toThrow();
  });

  it("hang never answers, and ends when the registry closes", async () => {
    const answer = askUnder("hang");
    const refused = expect(answer).rejects.toThrow();
    await expect.poll(() => registry.requests.count()).toBe(1);
    await registry.close();
    await refused;
  });

  it("endless sends more than any limit allows", async () => {
    const answer = await askUnder("endless");
    let received = 0;
    for await (const chunk of answer.body!) {
      received += (chunk as Uint8Array).length;
      if (received > 5 * 1024 * 1024) break;
    }
    expect(received).toBeGreaterThan(5 * 1024 * 1024);
  });
});
