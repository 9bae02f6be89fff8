import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { openClient, openClients, newRepository, newSettings } from "./open-clients.ts";
import { sendJson, startServer } from "./start-server.ts";

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST });
let registry: ControlRegistry;

beforeEach(async () => {
  registry = await startRegistry();
  registry.store.putManifest("acme/app", MANIFEST, OCI_MANIFEST, "v1");
});
afterEach(() => registry.close());

describe("a tag that is not there", () => {
  it("is absent once the repository has shown something", async () => {
    const { client, clients } = openClient(registry.host);
    await client.listTags();
    registry.requests.clear();
    expect(await client.fetchManifest("v2", { listed: false })).toEqual({ kind: "absent", detail: "404 MANIFEST_UNKNOWN" });
    expect(await client.resolveTag("v2", { listed: false })).toEqual({ kind: "absent", detail: "404 MANIFEST_UNKNOWN" });
    // HEAD has no body that could say so, and GET does.
    expect(registry.requests.count()).toBe(3);
    await clients.close();
  });

  it("costs one question for the tag list where nothing was shown before, and only one", async () => {
    const { client, clients } = openClient(registry.host);
    const answers = await Promise.all(["a", "b", "c"].map((tag) => client.resolveTag(tag, { listed: false })));
    expect(answers.map(({ kind }) => kind)).toEqual(["absent", "absent", "absent"]);
    expect(registry.requests.count("tags")).toBe(1);
    await clients.close();
  });

  it("is a failure where it is listed", async () => {
    const { client, clients } = openClient(registry.host);
    await client.listTags();
    for (const answer of [await client.resolveTag("v2", { listed: true }), await client.fetchManifest("v2", { listed: true })]) {
      expect(answer).toMatchObject({ kind: "failed", failure: { code: "listed-but-missing", status: 404 } });
    }
    await clients.close();
  });

  it("is a failure where the repository cannot be seen at all", async () => {
    const { clients } = openClients([newSettings(registry.host)]);
    const client = clients.of(newRepository(registry.host, "acme/hidden"));
    const answers = [await client.resolveTag("v1", { listed: false }), await client.fetchManifest("v1", { listed: false })];
    for (const answer of answers) expect(answer).toMatchObject({ kind: "failed", failure: { code: "not-found" } });
    expect(registry.requests.count("tags")).toBe(1);
    await clients.close();
  });

  it("is a failure where the tag list is refused and nothing else was shown", async () => {
    registry.setFault({ when: { kind: "tags" }, fault: "403" });
    const { client, clients } = openClient(registry.host);
    expect(await client.resolveTag("v2", { listed: false })).toMatchObject({ kind: "failed", failure: { code: "not-found" } });
    await clients.close();
  });

  it("is absent where the tag list is refused, but another tag was fetched", async () => {
    registry.setFault({ when: { kind: "tags" }, fault: "403" });
    const { client, clients } = openClient(registry.host);
    await client.fetchManifest("v1", { listed: false });
    expect(await client.resolveTag("v2", { listed: false })).toMatchObject({ kind: "absent" });
    await clients.close();
  });

  it("of another repository of the same registry proves nothing by what this one showed", async () => {
    registry.setFault({ when: ({ path }) => path.includes("acme/other"), fault: "404-error" });
    const { clients } = openClients([newSettings(registry.host)]);
    await clients.of(newRepository(registry.host)).listTags();
    const other = clients.of(newRepository(registry.host, "acme/other"));
    expect(await other.fetchManifest("v1", { listed: false })).toMatchObject({ kind: "failed", failure: { code: "not-found" } });
    await clients.close();
  });
});

describe("a 404", () => {
  /** A repository that shows its tags, whose manifests are all answered with the same document. */
  async function ask(document: unknown, challenge?: string) {
    const server = await startServer((request, response) => {
      if (challenge !== undefined && request.headers.authorization === undefined && !request.url.startsWith("/token")) {
        return sendJson(response, 401, {}, { "www-authenticate": challenge.replace("REALM", `http://${request.headers.host}/token`) });
      }
      if (request.url.startsWith("/token")) return sendJson(response, 200, { token: "t" });
      if (request.url.includes("/tags/list")) return sendJson(response, 200, { name: "acme/app", tags: ["v1"] });
      sendJson(response, 404, document);
    });
    const { client, clients } = openClient(server.host);
    await client.listTags();
    const answer = await client.fetchManifest("v2", { listed: false });
    await clients.close();
    await server.close();
    return answer.kind;
  }
  const errors = (...codes: string[]) => ({ errors: codes.map((code) => ({ code, message: "Not Found" })) });

  it.each(["MANIFEST_UNKNOWN", "MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"])("of %s is a proof", async (code) => {
    expect(await ask(errors(code))).toBe("absent");
  });

  it.each([
    errors("UNAUTHORIZED"),
    errors("DENIED"),
    errors("UNKNOWN"),
    errors("MANIFEST_UNKNOWN", "DENIED"),
    { errors: [] },
    { message: "Not Found" },
    [],
    null,
  ])("of %j is none", async (document) => {
    expect(await ask(document)).toBe("failed");
  });

  it("of UNKNOWN is a proof where the registry is a Harbor", async () => {
    expect(await ask(errors("UNKNOWN"), 'Bearer realm="REALM",service="harbor-registry"')).toBe("absent");
    expect(await ask(errors("UNKNOWN"), 'Bearer realm="REALM",service="another"')).toBe("failed");
  });
});
