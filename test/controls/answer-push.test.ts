import { afterEach, beforeEach, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";

let registry: ControlRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

function send(method: string, path: string, body = "", headers: Record<string, string> = {}): Promise<Response> {
  return fetch(registry.url + path, { method, headers, ...(body === "" ? {} : { body }) });
}

const UPLOADS = "/v2/acme/app/blobs/uploads/";

it("takes a blob in one request", async () => {
  const digest = digestOf("content");
  expect((await send("POST", `${UPLOADS}?digest=${digest}`, "content")).status).toBe(201);
  expect(await (await send("GET", `/v2/acme/app/blobs/${digest}`)).text()).toBe("content");
});

it("takes a blob in chunks and an end", async () => {
  const start = await send("POST", UPLOADS);
  expect(start.status).toBe(202);
  const location = start.headers.get("location")!;
  expect((await send("PATCH", location, "con")).headers.get("range")).toBe("0-2");
  expect((await send("PATCH", location, "tent")).status).toBe(202);
  const digest = digestOf("content");
  const end = await send("PUT", `${location}?digest=${digest}`);
  expect([end.status, end.headers.get("docker-content-digest")]).toEqual([201, digest]);
  expect((await send("HEAD", `/v2/acme/app/blobs/${digest}`)).status).toBe(200);
});

it("answers the mount of a blob by an upload", async () => {
  const answer = await send("POST", `${UPLOADS}?mount=${digestOf("content")}&from=acme/base`);
  expect([answer.status, answer.headers.get("location")]).toEqual([202, `${UPLOADS}upload-1`]);
});

it("refuses a blob whose bytes are not the digest, and an upload that never began", async () => {
  expect((await send("POST", `${UPLOADS}?digest=${digestOf("other")}`, "content")).status).toBe(400);
  expect((await send("PUT", `${UPLOADS}upload-9?digest=${digestOf("content")}`, "content")).status).toBe(404);
});

it("takes a manifest under a tag and names its subject only where it has the referrers API", async () => {
  const subject = digestOf("subject");
  const manifest = JSON.stringify({
    schemaVersion: 2,
    subject: { mediaType: OCI_MANIFEST, digest: subject, size: 7 },
  });
  const headers = { "content-type": OCI_MANIFEST };
  const first = await send("PUT", "/v2/acme/app/manifests/1.0.0", manifest, headers);
  expect([first.status, first.headers.get("docker-content-digest"), first.headers.get("oci-subject")]).toEqual([
    201,
    digestOf(manifest),
    subject,
  ]);
  registry.setOptions({ referrersApi: false });
  expect((await send("PUT", "/v2/acme/app/manifests/1.0.0", manifest, headers)).headers.get("oci-subject")).toBeNull();
  const stored = await send("GET", "/v2/acme/app/manifests/1.0.0");
  expect([stored.headers.get("content-type"), await stored.text()]).toEqual([OCI_MANIFEST, manifest]);
});

it("takes a manifest by digest, SHA-512 too, and refuses one that does not match", async () => {
  const manifest = '{"schemaVersion":2}';
  for (const digest of [digestOf(manifest), digestOf(manifest, "sha512")]) {
    const path = `/v2/acme/app/manifests/${digest}`;
    expect((await send("PUT", path, manifest, { "content-type": OCI_MANIFEST })).status).toBe(201);
    expect((await send("GET", path)).headers.get("docker-content-digest")).toBe(digest);
  }
  const other = `/v2/acme/app/manifests/${digestOf("other")}`;
  expect((await send("PUT", other, manifest, { "content-type": OCI_MANIFEST })).status).toBe(400);
});
